# A step of the build that convforge_add_conv() and convforge_add_model() make:
#   cmake -D function=convforge_add_conv -D name=conv1 -D dir=DIR [-D host=ON] [-D needs_run=ON] -P ConvForgeGenerate.cmake -- PROGRAM compile ...
# Runs the generator and says its errors in CMake's words.
include(${CMAKE_CURRENT_LIST_DIR}/ConvForgeErrors.cmake)

# The command after "--".
function(read_command out)
  set(command "")
  set(begun FALSE)
  math(EXPR last "${CMAKE_ARGC} - 1")
  foreach(i RANGE ${last})
    if(begun)
      string(REPLACE ";" "\\;" argument "${CMAKE_ARGV${i}}")
      list(APPEND command "${argument}")
    elseif("${CMAKE_ARGV${i}}" STREQUAL "--")
      set(begun TRUE)
    endif()
  endforeach()
  set(${out} "${command}" PARENT_SCOPE)
endfunction()

# TARGETS host: the generator names objects after their target, which is known only once it has looked at the CPU. Renames
# ${name}_<target>.o in ${dir} to ${name}_host.o, and its constant weights likewise; other constants are the same for every
# target, and named without the hyphens that every target's name has.
function(name_after_host)
  set(variant "/${name}_[^_/.]+-[^_/.]+(_weights|)[.]o$")
  file(GLOB objects ${dir}/${name}_*.o)
  list(FILTER objects INCLUDE REGEX "${variant}")
  foreach(object IN LISTS objects)
    string(REGEX REPLACE "${variant}" "/${name}_host\\1.o" host_object ${object})
    file(RENAME ${object} ${host_object})
  endforeach()
endfunction()

read_command(command)
execute_process(COMMAND ${command} RESULT_VARIABLE result ERROR_VARIABLE said)
convforge_in_words_of_cmake("${said}" said)
if(NOT result EQUAL 0)
  message(FATAL_ERROR "${function}(${name}), answer ${result}:\n  ${said}")
elseif(said)
  message("${said}")
endif()
if(host)
  name_after_host()
endif()
if(needs_run)
  file(STRINGS ${dir}/${name}.h run REGEX "^int ${name}_run\\(")
  if(NOT run)
    file(REMOVE ${dir}/${name}.h)
    message(FATAL_ERROR "${function}(${name}): TEST and BENCHMARK need ${name}_run(), which this model does not have")
  endif()
endif()
