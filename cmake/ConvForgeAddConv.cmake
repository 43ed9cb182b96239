# convforge_add_conv(): one convolution of a fixed shape becomes a static library and a header.
#
#   convforge_add_conv(conv1
#     PROBLEM "mb1ic64ih56oc64oh56kh3ph1"     benchdnn's descriptor syntax
#     TARGETS x86-64-avx512 x86-64-avx2       one variant each, best first; or: host; or cuda-sm90 cuda-sm80 ...
#     [EPILOGUE bias,relu] [LAYOUT nhwc|nchw] [WEIGHTS_LAYOUT hwio|oihw] [MATH default|exact|fast] [ALGORITHM auto|...]
#     [DTYPE f32|f16|f32:f16:f32|u8:s8:u8|...]  of source, weights and destination; default: f32
#     [ZERO_POINTS SRC:DST] [ROUNDING onnx|tflite|tflite_single] [OUTPUT_SCALE s]  of 8-bit integers: docs/quantisation.md
#     [PADDING_MODE zeros|reflect|replicate|circular]  what the padding is made of; default: zeros
#     [POOLING max:kh3sh2ph1]         pooling behind the epilogue: max, avg_np or avg_p, and its window
#     [MACHINE generic|zen5|...]              class of machines whose measured plans are used; default: the building machine's
#     [PLANS tuned.json]                      plans that `convforge tune` measured, used before all others
#     [STRIDES SRC::DST] [RESIDUAL_STRIDES NxCxHxW]  of slices of larger tensors, in elements: docs/strides.md
#     [WEIGHTS w.npy] [BIAS b.npy [b2.npy ...]] [SCALE s.npy ...] [PRELU p.npy ...]
#                                             become constants of the library, the n-th file of a keyword the epilogue's
#                                             n-th operand of that kind. Files are relative to the current source directory
#     [MULTIPLIERS m.npy]                     of 8-bit integers: beside WEIGHTS and, where the epilogue has one, BIAS, with which they
#                                             are packed
#     [TEST]                                  conv1_test, and a CTest test for each target (skipped where it cannot run)
#     [BENCHMARK])                            conv1_benchmark
#   target_link_libraries(app PRIVATE conv1)  # and #include "conv1.h"
#
# Where the generator comes from: CONVFORGE_EXECUTABLE if set (a cross build must: a program that runs on the build
# machine), else the convforge of this build tree or package. One that is there when CMake configures is asked then whether it
# can make the kernel; else the build says so.
#
# Kernels depend on their arguments, on the files of constants and plans, and on CONVFORGE_TARGET (what host is), CONVFORGE_MACHINE
# and CONVFORGE_PLANS as the environment had them when CMake configured, where no argument says it; the build's own environment
# is not asked.
include_guard()
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeArguments.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeErrors.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeRequest.cmake)

function(convforge_add_conv name)
  set(options TEST BENCHMARK)
  set(epilogue_constants BIAS SCALE PRELU) # as generator/problem/epilogue.cpp names the operations
  set(constant_keywords WEIGHTS MULTIPLIERS ${epilogue_constants})
  set(plain EPILOGUE LAYOUT WEIGHTS_LAYOUT DTYPE ZERO_POINTS ROUNDING OUTPUT_SCALE PADDING_MODE POOLING STRIDES RESIDUAL_STRIDES MATH ALGORITHM
    MACHINE) # flags as they stand
  set(single PROBLEM ${plain} PLANS WEIGHTS MULTIPLIERS)
  set(multiple TARGETS ${epilogue_constants})
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${single}" "${multiple}")
  _convforge_check_arguments()

  set(dir ${CMAKE_CURRENT_BINARY_DIR}/convforge/${name})
  _convforge_command_line(flags inputs)
  _convforge_environment(environment inputs)
  list(JOIN environment " " variables)
  list(JOIN flags " " request)
  set(request "${variables} ${request}\n")
  _convforge_ask_program()
  _convforge_add_generation(objects)
  _convforge_add_library()
  if(arg_TEST)
    _convforge_add_program(test)
    _convforge_add_tests()
  endif()
  if(arg_BENCHMARK)
    _convforge_add_program(benchmark)
  endif()
endfunction()

# The steps of the function above, here and in the files included. They see its variables (name, dir, arg_...), as functions called in CMake do.

# The command that makes header, source and objects. The request file stands for its command line: a changed descriptor
# rebuilds this kernel, and only this one, whichever build tool runs.
function(_convforge_add_generation out_objects)
  _convforge_find_program(program)
  set(objects ${arg_TARGETS})
  list(FILTER objects EXCLUDE REGEX "^cuda-") # the source holds their device code
  if(arg_WEIGHTS)
    list(TRANSFORM arg_TARGETS APPEND _weights OUTPUT_VARIABLE weights)
    list(APPEND objects ${weights})
  endif()
  _convforge_constants(shared files)
  list(REMOVE_ITEM shared weights multipliers)
  if("${arg_DTYPE}" MATCHES "^[us]8:")
    list(REMOVE_ITEM shared bias) # is packed with the weights
  endif()
  list(APPEND objects ${shared})
  if(objects)
    list(TRANSFORM objects PREPEND ${dir}/${name}_)
    list(TRANSFORM objects APPEND .o)
  endif()
  set(host OFF)
  if("host" IN_LIST arg_TARGETS)
    set(host ON)
  endif()
  set(emitted header,source)
  if(objects)
    set(emitted object,header,source)
  endif()
  file(CONFIGURE OUTPUT ${dir}/request.txt CONTENT "${request}" @ONLY)
  add_custom_command(
    OUTPUT ${dir}/${name}.c ${dir}/${name}.h ${objects}
    COMMAND ${CMAKE_COMMAND} -E env ${environment} ${CMAKE_COMMAND} -D name=${name} -D dir=${dir} -D host=${host}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ConvForgeGenerate.cmake -- ${program} compile ${flags} --emit ${emitted} --out ${dir}
    DEPENDS ${dir}/request.txt ${inputs} ${program}
    COMMENT "Generating convolution ${name}" VERBATIM)
  set(${out_objects} ${objects} PARENT_SCOPE)
endfunction()

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
  if("${arg_TARGETS}" MATCHES "^cuda-")
    target_link_libraries(${name} PUBLIC convforge::cuda)
  endif()
endfunction()

# ${name}_test or ${name}_benchmark: a page of C around the kernel.
function(_convforge_add_program kind)
  _convforge_constants(operands files)
  set(constants "")
  foreach(operand file IN ZIP_LISTS operands files)
    string(APPEND constants "{\"${operand}\", \"${file}\"}, ")
  endforeach()
  configure_file(${CMAKE_CURRENT_FUNCTION_LIST_DIR}/templates/kernel_${kind}.c.in ${dir}/${name}_${kind}.c @ONLY)
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
