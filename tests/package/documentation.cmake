# What pages and headers show of C, C++ and CMake compiles as it stands: each example goes into a file that the project includes
# where its names (weights, input, ...) are there.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project documentation)

# The text between two others, of which `begin` is looked for first.
function(between out text begin end)
  string(FIND "${text}" "${begin}" from)
  if(from EQUAL -1)
    message(FATAL_ERROR "No example begins with: ${begin}")
  endif()
  string(LENGTH "${begin}" length)
  math(EXPR from "${from} + ${length}")
  string(SUBSTRING "${text}" ${from} -1 text)
  string(FIND "${text}" "${end}" to)
  string(SUBSTRING "${text}" 0 ${to} text)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# The example of a page whose fence is followed by this text.
function(take_from_page file page language first_words)
  file(READ ${SOURCE}/${page} text)
  between(example "${text}" "```${language}\n${first_words}" "```")
  file(WRITE ${project}/examples/${file} "${first_words}${example}")
endfunction()

# The example of a header's first comment, from the first of these words to the other.
function(take_from_header file header first_words end)
  file(READ ${SOURCE}/${header} text)
  between(example "${text}" "//   ${first_words}" "${end}")
  string(REGEX REPLACE "\n//" "\n" example "${first_words}${example}")
  file(WRITE ${project}/examples/${file} "${example}\n")
endfunction()

take_from_page(readme.cmake README.md cmake "find_package")
take_from_page(readme_call.inc README.md c "#include \"conv1.h\"")
take_from_page(readme_jit.inc README.md cpp "#include <convforge/jit.hpp>")
take_from_page(general_call.inc docs/artefact.md c "void *const operands")
take_from_page(cuda.cmake docs/cuda.md cmake "convforge_add_conv(layer")
take_from_page(cuda_call.inc docs/cuda.md c "#include \"layer.h\"")
take_from_page(jit.cmake docs/jit.md cmake "find_package")
take_from_page(jit.inc docs/jit.md cpp "#include <convforge/jit.hpp>")
take_from_page(slices.inc docs/strides.md c "static float joined")
take_from_page(flush_subnormals.inc docs/numerics.md c "const convforge_args args")
take_from_header(wrapper.inc runtime/include/convforge/convforge.hpp "#include \"conv1.h\"" "// clang-format on")
take_from_header(jit_header.inc jit/include/convforge/jit.hpp "convforge::Jit jit" "//\n")

step(out ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX})
step(out ${CMAKE_COMMAND} --build ${project}/build)
