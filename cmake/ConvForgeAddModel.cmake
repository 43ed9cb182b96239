# convforge_add_model(): a whole model becomes a static library and a header.
#
#   convforge_add_model(det
#     MODEL det.onnx                          ONNX (.onnx), TensorFlow Lite (.tflite) or Keras (.keras, .h5)
#     TARGETS x86-64-avx512 x86-64-avx2       all kernels for each of them, best first; or: host
#     [INPUT x=1x3x480x480 ...]               shapes of inputs whose sizes the model leaves open
#     [MATCH regex]                           only the convolutions whose layer's name it is found in; no det_run(), then
#     [LAYOUT auto|nhwc|nchw]                 of the kernels of a model with channels in front; default: auto, the faster one
#     [MACHINE generic|zen5|...] [PLANS tuned.json]  as of convforge_add_conv()
#     [TEST]                                  det_test, which compares det_run() with every node of the model computed in float64, and a
#                                             CTest test for each target (skipped where it cannot run)
#     [BENCHMARK])                            det_benchmark
#   target_link_libraries(app PRIVATE det)    # and #include "det.h"
#
# The library has det_run() where all operations of the model are known, and a function for each convolution in any case; weights are
# inside. Where the generator is at hand when CMake configures, it says then what stands in the way of det_run(), by name; TEST and
# BENCHMARK need one. Files are relative to the current source directory; one that the build makes has the property GENERATED.
#
# Where the generator comes from, and what kernels depend on beside the arguments and the files: as of convforge_add_conv().
include_guard()
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeArguments.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeErrors.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeRequest.cmake)
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeTargets.cmake)

function(convforge_add_model name)
  set(function convforge_add_model)
  set(described_in cmake/ConvForgeAddModel.cmake)
  set(options TEST BENCHMARK)
  set(plain LAYOUT MATCH MACHINE) # flags as they stand
  set(single MODEL ${plain} PLANS)
  set(multiple TARGETS INPUT)
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${single}" "${multiple}")
  set(required MODEL TARGETS)
  _convforge_find_model(model own_faults)
  _convforge_check_arguments()

  set(dir ${CMAKE_CURRENT_BINARY_DIR}/convforge/${name})
  _convforge_model_flags(model_flags)
  set(inputs ${model})
  _convforge_common_flags(flags inputs)
  list(PREPEND flags ${model_flags})
  _convforge_environment(environment inputs)
  list(JOIN environment " " variables)
  list(JOIN flags " " request)
  set(request "${variables} ${request}\n")
  _convforge_ask_for_model()
  _convforge_add_model_generation(objects)
  _convforge_add_library()
  target_link_libraries(${name} PUBLIC convforge::operations)
  _convforge_add_programs(network)
  if(arg_TEST)
    _convforge_add_reference()
  endif()
endfunction()

# The steps of the function above that are its own. They see its variables.

# The model's path, and what is wrong with it or with what it is for.
function(_convforge_find_model out_model out_faults)
  set(faults "")
  set(model "")
  if(arg_MODEL)
    get_filename_component(model ${arg_MODEL} ABSOLUTE)
    get_source_file_property(generated ${model} GENERATED)
    if(NOT EXISTS ${model} AND NOT generated)
      list(APPEND faults "MODEL is '${arg_MODEL}', but there is no file ${model}, nor anything in this project that makes it")
    endif()
  endif()
  if("${arg_TARGETS}" MATCHES "(^|;)cuda-")
    list(APPEND faults "TARGETS names a GPU's, but networks run on CPUs")
  endif()
  set(${out_model} "${model}" PARENT_SCOPE)
  set(${out_faults} "${faults}" PARENT_SCOPE)
endfunction()

# What says which graph it is.
function(_convforge_model_flags out)
  set(flags ${model})
  foreach(input IN LISTS arg_INPUT)
    list(APPEND flags --input ${input})
  endforeach()
  set(${out} ${flags} PARENT_SCOPE)
endfunction()

# Says whether there will be ${name}_run(), and else all that stands in its way. The answer is kept: reading a large model would
# make every configuration slow.
function(_convforge_ask_for_model)
  _convforge_program_at_hand(program)
  if(NOT program OR NOT EXISTS ${model})
    return()
  endif()
  _convforge_is_answered(answered)
  set(answer ${dir}/answer.txt)
  if(NOT answered OR NOT EXISTS ${answer} OR ${model} IS_NEWER_THAN ${answer} OR ${program} IS_NEWER_THAN ${answer})
    _convforge_dry_run(said ${program} network)
    file(WRITE ${answer} "${said}")
  endif()
  file(READ ${answer} said)
  if(NOT said MATCHES "No ${name}_run[(][)]")
    message(STATUS "convforge_add_model(${name}): ${said}")
  elseif(arg_TEST OR arg_BENCHMARK)
    message(FATAL_ERROR "${function}(${name}): TEST and BENCHMARK need ${name}_run(), but there will be none. ${said}")
  else()
    message(WARNING "convforge_add_model(${name}): ${said}")
  endif()
endfunction()

# The command that makes header, source and an archive of the kernels, as many as the model needs, which the compiler makes one object
# of: so all of them become part of the library, whichever build tool makes it.
function(_convforge_add_model_generation out_objects)
  _convforge_find_program(program)
  set(archive ${dir}/lib${name}_kernels.a)
  set(object ${dir}/${name}_kernels.o)
  set(needs_run OFF)
  if(arg_TEST OR arg_BENCHMARK)
    set(needs_run ON)
  endif()
  _convforge_relocatable_link(link)
  file(CONFIGURE OUTPUT ${dir}/request.txt CONTENT "${request}" @ONLY)
  add_custom_command(
    OUTPUT ${dir}/${name}.c ${dir}/${name}.h ${object}
    BYPRODUCTS ${archive}
    COMMAND ${CMAKE_COMMAND} -E env ${environment} ${CMAKE_COMMAND} -D function=${function} -D name=${name} -D dir=${dir}
      -D needs_run=${needs_run} -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ConvForgeGenerate.cmake --
      ${program} network ${flags} --emit header,source,archive --out ${dir}
    COMMAND ${link} -o ${object} -Wl,--whole-archive ${archive} -Wl,--no-whole-archive
    DEPENDS ${dir}/request.txt ${inputs} ${program}
    COMMENT "Generating network ${name}" VERBATIM)
  set(${out_objects} ${object} PARENT_SCOPE)
endfunction()

# The compiler as what joins objects, with the flags of the project that choose its target and its linker.
function(_convforge_relocatable_link out)
  separate_arguments(words UNIX_COMMAND "${CMAKE_C_FLAGS} ${CMAKE_EXE_LINKER_FLAGS}")
  list(FILTER words INCLUDE REGEX "^(--target=|--gcc-toolchain=|--ld-path=|-fuse-ld=|-B.|-m(32|64|x32|abi=.*)$)")
  if(CMAKE_C_COMPILER_TARGET)
    list(APPEND words --target=${CMAKE_C_COMPILER_TARGET})
  endif()
  separate_arguments(first UNIX_COMMAND "${CMAKE_C_COMPILER_ARG1}") # of CC="ccache gcc"
  set(${out} ${CMAKE_C_COMPILER} ${first} ${words} -r -nostdlib PARENT_SCOPE)
endfunction()

# What ${name}_test compares with: inputs and outputs of the model as they should be, whatever the kernels are made for.
function(_convforge_add_reference)
  _convforge_find_program(program)
  file(CONFIGURE OUTPUT ${dir}/reference.txt CONTENT "${model_flags}\n" @ONLY)
  add_custom_command(
    OUTPUT ${dir}/reference.stamp
    COMMAND ${CMAKE_COMMAND} -D function=${function} -D name=${name} -D dir=${dir}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ConvForgeGenerate.cmake --
      ${program} network ${model_flags} --name ${name} --emit reference --out ${dir}
    COMMAND ${CMAKE_COMMAND} -E touch ${dir}/reference.stamp
    DEPENDS ${dir}/reference.txt ${model} ${program}
    COMMENT "Computing what network ${name} should answer" VERBATIM)
  target_sources(${name}_test PRIVATE ${dir}/reference.stamp)
endfunction()
