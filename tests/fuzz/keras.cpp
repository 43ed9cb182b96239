// Keras' files; what begins as JSON does is a configuration and, behind a zero, the file of its weights,
// since the checksums of archives would keep changes of either out.
#include "fuzz/read_graph.hpp"
#include "models/keras/keras_model.hpp"

void convforge::fuzz::check(Input input) {
  const auto end = std::ranges::find(input, std::uint8_t{0});
  if (input.empty() || input[0] != '{' || end == input.end())
    return check_graph(models::keras::parse_keras_model(input));
  const auto size = static_cast<std::size_t>(end - input.begin());
  check_graph(models::keras::parse_keras_parts({reinterpret_cast<const char *>(input.data()), size},
                                               input.subspan(size + 1)));
}
