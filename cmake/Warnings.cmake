# One interface target with the warnings that all of the project's own code is built with.
add_library(convforge_warnings INTERFACE)
target_compile_options(convforge_warnings INTERFACE -Wall -Wextra -Wpedantic
  $<$<COMPILE_LANGUAGE:CXX>:-Wno-missing-field-initializers> # designated initialisers leave out what keeps its default
  $<$<COMPILE_LANG_AND_ID:CXX,Clang>:-Wno-overlength-strings>) # a file of plans is one
