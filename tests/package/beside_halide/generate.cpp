// Writes a Halide pipeline, parallel so that it needs Halide's runtime, and that runtime, as one object and a
// header.
#include <Halide.h>

int main(int argc, char **argv) {
  if (argc != 2)
    return 1;
  Halide::Var i("i");
  Halide::ImageParam input(Halide::Float(32), 1, "pixels");
  Halide::Func brighten("brighten");
  brighten(i) = input(i) * 2.0f + 1.0f;
  brighten.parallel(i, 16);
  const Halide::Target target = Halide::get_host_target();
  brighten.compile_to({{Halide::OutputFileType::object, std::string(argv[1]) + ".o"},
                       {Halide::OutputFileType::c_header, std::string(argv[1]) + ".h"}},
                      {input}, "brighten", target);
}
