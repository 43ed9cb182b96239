#include "problem/frameworks/layer_types.hpp"

#include "base/error.hpp"
#include "problem/frameworks/call_syntax.hpp"

namespace convforge {

ElementTypes float_types(std::string_view dtype) {
  const std::string_view name = last_name(dtype);
  if (name == "float32" || name == "float")
    return {};
  if (name != "float16" && name != "half")
    fail("dtype", repeated_text(dtype),
         "float32 or float16; other mixtures by --dtype of a descriptor, as in f32:f16:f32");
  return {ElementType::f16, ElementType::f16, ElementType::f16};
}

} // namespace convforge
