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
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeTargets.cmake)

function(convforge_add_conv name)
  set(function convforge_add_conv)
  set(described_in cmake/ConvForgeAddConv.cmake)
  set(options TEST BENCHMARK)
  set(epilogue_constants BIAS SCALE PRELU) # as generator/problem/epilogue.cpp names the operations
  set(constant_keywords WEIGHTS MULTIPLIERS ${epilogue_constants})
  set(plain EPILOGUE LAYOUT WEIGHTS_LAYOUT DTYPE ZERO_POINTS ROUNDING OUTPUT_SCALE PADDING_MODE POOLING STRIDES RESIDUAL_STRIDES MATH ALGORITHM
    MACHINE) # flags as they stand
  set(single PROBLEM ${plain} PLANS WEIGHTS MULTIPLIERS)
  set(multiple TARGETS ${epilogue_constants})
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${single}" "${multiple}")
  set(required PROBLEM TARGETS)
  _convforge_faults_of_gpus(own_faults)
  _convforge_check_arguments()

  set(dir ${CMAKE_CURRENT_BINARY_DIR}/convforge/${name})
  _convforge_command_line(flags inputs)
  _convforge_environment(environment inputs)
  list(JOIN environment " " variables)
  list(JOIN flags " " request)
  set(request "${variables} ${request}\n")
  _convforge_ask_for_kernel()
  _convforge_add_generation(objects)
  _convforge_add_library()
  if("${arg_TARGETS}" MATCHES "^cuda-")
    target_link_libraries(${name} PUBLIC convforge::cuda)
  endif()
  _convforge_constants_in_c(constants)
  _convforge_add_programs(kernel)
endfunction()

# The steps of the function above that are its own. They see its variables (name, dir, arg_...), as functions called in CMake do.

# What is wrong with kernels on GPUs.
function(_convforge_faults_of_gpus out)
  set(faults "")
  set(gpus ${arg_TARGETS})
  list(FILTER gpus INCLUDE REGEX "^cuda-")
  if(gpus AND NOT gpus STREQUAL "${arg_TARGETS}")
    list(APPEND faults "TARGETS is \"${arg_TARGETS}\", but CPUs and GPUs take pointers of different memory: add two kernels")
  endif()
  foreach(keyword IN LISTS options constant_keywords)
    if(gpus AND arg_${keyword})
      list(APPEND faults "${keyword} is for CPU targets")
    endif()
  endforeach()
  set(${out} "${faults}" PARENT_SCOPE)
endfunction()

# The operands that are constants, by the names of generator/problem/operand.hpp, and the files of their values.
function(_convforge_constants out_operands out_files)
  set(operands "")
  set(files "")
  foreach(keyword IN LISTS constant_keywords)
    string(TOLOWER ${keyword} operand)
    set(number "")
    foreach(file IN LISTS arg_${keyword})
      get_filename_component(file ${file} ABSOLUTE)
      list(APPEND operands ${operand}${number})
      list(APPEND files ${file})
      if(number STREQUAL "")
        set(number 1)
      endif()
      math(EXPR number "${number} + 1") # the second one is bias2
    endforeach()
  endforeach()
  set(${out_operands} ${operands} PARENT_SCOPE)
  set(${out_files} ${files} PARENT_SCOPE)
endfunction()

# The same as the rows of a C array.
function(_convforge_constants_in_c out)
  _convforge_constants(operands files)
  set(constants "")
  foreach(operand file IN ZIP_LISTS operands files)
    string(APPEND constants "{\"${operand}\", \"${file}\"}, ")
  endforeach()
  set(${out} "${constants}" PARENT_SCOPE)
endfunction()

# The flags of `convforge compile`, and the files it reads.
function(_convforge_command_line out_flags out_inputs)
  _convforge_constants(operands files)
  set(inputs ${files})
  _convforge_common_flags(flags inputs)
  list(APPEND flags --problem ${arg_PROBLEM})
  foreach(operand file IN ZIP_LISTS operands files)
    list(APPEND flags --${operand} ${file})
  endforeach()
  set(${out_flags} ${flags} PARENT_SCOPE)
  set(${out_inputs} ${inputs} PARENT_SCOPE)
endfunction()

# Whether the kernel can be made, as far as that is known before its constants are there. A request that was answered once is
# not asked again: many kernels would make every configuration slow.
function(_convforge_ask_for_kernel)
  _convforge_program_at_hand(program)
  _convforge_is_answered(answered)
  if(program AND NOT answered)
    _convforge_dry_run(said ${program} compile)
  endif()
endfunction()

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
    COMMAND ${CMAKE_COMMAND} -E env ${environment} ${CMAKE_COMMAND} -D function=${function} -D name=${name} -D dir=${dir} -D host=${host}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ConvForgeGenerate.cmake -- ${program} compile ${flags} --emit ${emitted} --out ${dir}
    DEPENDS ${dir}/request.txt ${inputs} ${program}
    COMMENT "Generating convolution ${name}" VERBATIM)
  set(${out_objects} ${objects} PARENT_SCOPE)
endfunction()
