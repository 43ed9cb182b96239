# What the tests of the examples share.
include(${CMAKE_CURRENT_LIST_DIR}/../package/Steps.cmake)

# Builds the example in ${WORK} against the package, as a user does; more arguments go to the configuration.
function(build_example name)
  file(REMOVE_RECURSE ${WORK}/${name})
  step(out ${CMAKE_COMMAND} -S ${SOURCE}/examples/${name} -B ${WORK}/${name} -G Ninja
    -D CMAKE_PREFIX_PATH=${PREFIX} -D CMAKE_COMPILE_WARNING_AS_ERROR=ON ${ARGN})
  step(out ${CMAKE_COMMAND} --build ${WORK}/${name})
endfunction()

# The program loads libc and those of these libraries that it wants, and nothing else: no framework, whatever its name.
function(expect_libraries program)
  step(out ldd ${program})
  string(REGEX MATCHALL "[^ \t\n/]+[.]so[^ \t\n]*" loaded "${out}")
  list(REMOVE_DUPLICATES loaded)
  foreach(library IN LISTS loaded)
    string(REGEX REPLACE "[0-9]*[.]so.*" "" name ${library})
    list(FIND ARGN ${name} position)
    if(position EQUAL -1 AND NOT name MATCHES "^(libc|linux-vdso|ld-linux-x86-)$")
      message(FATAL_ERROR "${program} loads ${library}; expected: ${ARGN}")
    endif()
  endforeach()
endfunction()

# Runs the example of a real model on a picture; skipped without the model, which is large. What it prints goes to `out`.
function(run_on_picture out name picture)
  if(NOT EXISTS ${DEPS}/models/.installed)
    message("skipped: no models: scripts/deps.sh --models fetches them")
    return()
  endif()
  build_example(${name} -D MODELS=${DEPS}/models)
  step(text ${WORK}/${name}/${name} ${picture} ${WORK}/${name}/found.png)
  file(READ ${WORK}/${name}/found.png signature LIMIT 8 HEX)
  if(NOT signature STREQUAL 89504e470d0a1a0a)
    message(FATAL_ERROR "${WORK}/${name}/found.png begins with ${signature}: not a PNG")
  endif()
  foreach(figure IN ITEMS "_run[(][)]: [0-9.]+ ms, the least of [0-9]+ on one thread" "program: [0-9]+ bytes, weights included")
    if(NOT text MATCHES "${figure}")
      message(FATAL_ERROR "There is no ${figure} in what ${name} printed:\n${text}")
    endif()
  endforeach()
  expect_libraries(${WORK}/${name}/${name} libm libpng libjpeg libz libgcc_s libstdc++)
  file(WRITE ${WORK}/${name}/printed.txt "${text}")
  step(checked ${PYTHON} -B ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check_found.py ${WORK}/${name}/printed.txt
    ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/expected_${name}.txt)
  set(${out} "${text}" PARENT_SCOPE)
endfunction()
