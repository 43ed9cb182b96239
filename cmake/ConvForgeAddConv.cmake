# convforge_add_conv(): one convolution of a fixed shape becomes a static library and a header.
#
#   convforge_add_conv(conv1
#     PROBLEM "mb1ic64ih56oc64oh56kh3ph1"     benchdnn's descriptor syntax
#     TARGETS x86-64-avx512 x86-64-avx2       one variant each, best first; or: host; or cuda-sm90 cuda-sm80 ...
#     [EPILOGUE bias,relu] [LAYOUT nhwc|nchw] [WEIGHTS_LAYOUT hwio|oihw] [MATH default|exact|fast] [ALGORITHM auto|...]
#     [DTYPE f32|f16|f32:f16:f32]             of source, weights and destination; default: f32
#     [MACHINE generic|zen5|...]              class of machines whose measured plans are used; default: the building machine's
#     [STRIDES SRC::DST] [RESIDUAL_STRIDES NxCxHxW]  of slices of larger tensors, in elements: docs/strides.md
#     [WEIGHTS w.npy] [BIAS b.npy [b2.npy ...]] [SCALE s.npy ...] [PRELU p.npy ...]
#                                             become constants of the library, the n-th file of a keyword the epilogue's
#                                             n-th operand of that kind; relative to the current source directory
#     [TEST]                                  conv1_test, and a CTest test for each target (skipped where it cannot run)
#     [BENCHMARK])                            conv1_benchmark
#   target_link_libraries(app PRIVATE conv1)  # and #include "conv1.h"
#
# Where the generator comes from: CONVFORGE_EXECUTABLE if set (a cross build must: a program that runs on the build
# machine), else the convforge of this build tree or package.
include_guard()

function(convforge_add_conv name)
  set(options TEST BENCHMARK)
  set(epilogue_constants BIAS SCALE PRELU) # as generator/problem/epilogue.cpp names the operations
  set(constant_keywords WEIGHTS ${epilogue_constants})
  set(single PROBLEM EPILOGUE LAYOUT WEIGHTS_LAYOUT DTYPE STRIDES RESIDUAL_STRIDES MATH ALGORITHM MACHINE WEIGHTS)
  set(multiple TARGETS ${epilogue_constants})
  cmake_parse_arguments(PARSE_ARGV 1 arg "${options}" "${single}" "${multiple}")
  _convforge_check_arguments()

  set(dir ${CMAKE_CURRENT_BINARY_DIR}/convforge/${name})
  _convforge_command_line(flags inputs)
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

# The steps of the function above. They see its variables (name, dir, arg_...), as functions called in CMake do.

# What is expected instead of this name of a kernel, or nothing if it will do: the rule of generator/artefact/kernel_name.hpp, told before anything is
# built.
function(_convforge_check_name out name)
  file(STRINGS ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/taken_names.txt taken REGEX "^[^#]")
  string(REPLACE " " ";" taken "${taken}")
  set(expected "")
  if(NOT name MATCHES "^[A-Za-z0-9_]+$")
    set(expected "a C identifier: letters, digits and underscores, such as conv1")
  elseif(name MATCHES "^[0-9_]|__")
    set(expected "a C identifier that starts with a letter and has no two underscores in a row, such as conv1")
  elseif(name MATCHES "^convforge(_|$)")
    set(expected "a name that does not start with convforge_, the runtime's prefix")
  elseif(name MATCHES "(_t|intrin)$|^(atomic|pthread|halide)_" OR name IN_LIST taken)
    set(expected "a name that C, C++ and POSIX leave free, their headers' too, such as conv1")
  endif()
  set(${out} "${expected}" PARENT_SCOPE)
endfunction()

function(_convforge_check_arguments)
  set(faults "")
  _convforge_check_name(expected "${name}")
  if(expected)
    list(APPEND faults "the name is '${name}' (expected ${expected})")
  elseif(TARGET ${name})
    list(APPEND faults "a target of this name exists already")
  endif()
  foreach(keyword IN ITEMS PROBLEM TARGETS)
    if("${arg_${keyword}}" STREQUAL "")
      list(APPEND faults "${keyword} is missing")
    endif()
  endforeach()
  foreach(keyword IN LISTS arg_KEYWORDS_MISSING_VALUES)
    list(APPEND faults "${keyword} has no value")
  endforeach()
  foreach(argument IN LISTS arg_UNPARSED_ARGUMENTS)
    list(APPEND faults "unknown argument ${argument}")
  endforeach()
  list(LENGTH arg_TARGETS target_count)
  if("host" IN_LIST arg_TARGETS AND target_count GREATER 1)
    list(APPEND faults "TARGETS is \"${arg_TARGETS}\", but host must stand alone")
  endif()
  set(distinct ${arg_TARGETS})
  list(REMOVE_DUPLICATES distinct)
  list(LENGTH distinct distinct_count)
  if("all" IN_LIST arg_TARGETS OR NOT distinct_count EQUAL target_count)
    list(APPEND faults "TARGETS is \"${arg_TARGETS}\", but wants each target once, by its name")
  endif()
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
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "C" IN_LIST languages)
    list(APPEND faults "the project must enable C: project(... LANGUAGES C)")
  endif()
  if(faults)
    list(JOIN faults "\n  " faults)
    message(FATAL_ERROR "convforge_add_conv(${name}):\n  ${faults}\n"
      "Arguments: ${single} ${multiple} ${options} (cmake/ConvForgeAddConv.cmake describes them)")
  endif()
endfunction()

# What runs as the generator: a path, or an expression for one.
function(_convforge_find_program out)
  if(CONVFORGE_EXECUTABLE)
    set(${out} ${CONVFORGE_EXECUTABLE} PARENT_SCOPE)
  elseif(TARGET convforge::convforge AND NOT CMAKE_CROSSCOMPILING)
    set(${out} $<TARGET_FILE:convforge::convforge> PARENT_SCOPE)
  else()
    message(FATAL_ERROR "convforge_add_conv(${name}): no generator that runs on this machine. "
      "Set CONVFORGE_EXECUTABLE to the path of a convforge program built for it.")
  endif()
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

# The flags of `convforge compile`, and the files it reads.
function(_convforge_command_line out_flags out_inputs)
  list(JOIN arg_TARGETS "," targets)
  set(flags --name ${name} --problem ${arg_PROBLEM} --target ${targets})
  foreach(keyword IN ITEMS EPILOGUE LAYOUT WEIGHTS_LAYOUT DTYPE STRIDES RESIDUAL_STRIDES MATH ALGORITHM MACHINE)
    if(NOT "${arg_${keyword}}" STREQUAL "")
      string(TOLOWER --${keyword} flag)
      string(REPLACE "_" "-" flag ${flag})
      list(APPEND flags ${flag} ${arg_${keyword}})
    endif()
  endforeach()
  _convforge_constants(operands inputs)
  foreach(operand file IN ZIP_LISTS operands inputs)
    list(APPEND flags --${operand} ${file})
  endforeach()
  set(${out_flags} ${flags} PARENT_SCOPE)
  set(${out_inputs} ${inputs} PARENT_SCOPE)
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
  list(REMOVE_ITEM shared weights)
  list(APPEND objects ${shared})
  if(objects)
    list(TRANSFORM objects PREPEND ${dir}/${name}_)
    list(TRANSFORM objects APPEND .o)
  endif()
  set(rename "")
  if("host" IN_LIST arg_TARGETS)
    set(rename COMMAND ${CMAKE_COMMAND} -D name=${name} -D dir=${dir}
      -P ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/ConvForgeHostObject.cmake)
  endif()
  set(emitted header,source)
  if(objects)
    set(emitted object,header,source)
  endif()
  list(JOIN flags " " request)
  file(CONFIGURE OUTPUT ${dir}/request.txt CONTENT "${request}\n" @ONLY)
  add_custom_command(
    OUTPUT ${dir}/${name}.c ${dir}/${name}.h ${objects}
    COMMAND ${program} compile ${flags} --emit ${emitted} --out ${dir} ${rename}
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
