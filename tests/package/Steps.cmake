# What the test scripts beside this file are written in: run a command, say what went wrong.

# Runs a command that must succeed; its output (both streams) goes to the variable `out`.
function(step out)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(NOT result EQUAL 0)
    message("${text}")
    message(FATAL_ERROR "This command answered ${result}: ${ARGN}")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# Runs a command that must fail; its output goes to the variable `out`.
function(failing_step out)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE text ERROR_VARIABLE text)
  if(result EQUAL 0)
    message("${text}")
    message(FATAL_ERROR "This command should have failed: ${ARGN}")
  endif()
  set(${out} "${text}" PARENT_SCOPE)
endfunction()

# The text must contain the string, whatever line breaks a tool has put into it.
function(expect_text text string)
  string(REGEX REPLACE "[ \n]+" " " flat "${text}")
  string(FIND "${flat}" "${string}" position)
  if(position EQUAL -1)
    message("${text}")
    message(FATAL_ERROR "That should contain: ${string}")
  endif()
endfunction()

# The number of kernels that a build's output says it generated.
function(expect_generated text count)
  string(REGEX MATCHALL "Generating convolution [A-Za-z_]+" generated "${text}")
  list(LENGTH generated found)
  if(NOT found EQUAL count)
    message("${text}")
    message(FATAL_ERROR "Expected ${count} kernels to be generated, got ${found}: ${generated}")
  endif()
endfunction()

# Copies a project of this folder to a fresh place outside the source tree and names it in `out`: ${WORK}/<name>.
function(copy_project out name)
  file(REMOVE_RECURSE ${WORK}/${name})
  file(COPY ${CMAKE_CURRENT_LIST_DIR}/${name} DESTINATION ${WORK})
  set(${out} ${WORK}/${name} PARENT_SCOPE)
endfunction()
