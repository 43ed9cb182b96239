# Steps of convforge_add_conv() and convforge_add_model(): the library, programs and tests around what is generated. They see the
# variables of the function that calls them.
include_guard()

# ${name}, of the generated source and `objects`.
function(_convforge_add_library)
  if(objects)
    set_source_files_properties(${objects} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  endif()
  add_library(${name} STATIC ${dir}/${name}.c ${dir}/${name}.h ${objects})
  set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  # Two shared libraries of a program may have kernels of one name: unless the project says otherwise, each calls its own.
  if(NOT CMAKE_C_VISIBILITY_PRESET AND NOT "${CMAKE_C_FLAGS}" MATCHES "-fvisibility=")
    set_target_properties(${name} PROPERTIES C_VISIBILITY_PRESET hidden)
  endif()
  target_include_directories(${name} PUBLIC $<BUILD_INTERFACE:${dir}>)
  target_link_libraries(${name} PUBLIC convforge::runtime)
endfunction()

# What TEST and BENCHMARK ask for, around a `subject`: kernel or network.
function(_convforge_add_programs subject)
  if(arg_TEST)
    _convforge_add_program(${subject} test)
    _convforge_add_tests()
  endif()
  if(arg_BENCHMARK)
    _convforge_add_program(${subject} benchmark)
  endif()
endfunction()

# ${name}_test or ${name}_benchmark: a page of C.
function(_convforge_add_program subject kind)
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/templates/${subject}_${kind}.c.in ${dir}/${name}_${kind}.c @ONLY)
  add_executable(${name}_${kind} ${dir}/${name}_${kind}.c)
  target_link_libraries(${name}_${kind} PRIVATE ${name} convforge::kernel_tools)
endfunction()

# One test a target, forced by CONVFORGE_TARGET. 77: CONVFORGE_EXIT_SKIPPED of kernel_programs.h.
function(_convforge_add_tests)
  foreach(target IN LISTS arg_TARGETS)
    add_test(NAME ${name}.${target} COMMAND ${name}_test)
    set_tests_properties(${name}.${target} PROPERTIES SKIP_RETURN_CODE 77 LABELS convforge)
    if(NOT target STREQUAL "host")
      set_tests_properties(${name}.${target} PROPERTIES ENVIRONMENT CONVFORGE_TARGET=${target})
    endif()
  endforeach()
endfunction()
