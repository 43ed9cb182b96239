# What the tests of the examples share.
include(${CMAKE_CURRENT_LIST_DIR}/../package/Steps.cmake)

# Builds the example in ${WORK} against the package, as a user does; more arguments go to the configuration.
function(build_example name)
  build_example_in(${name} ${name} ${ARGN})
endfunction()

function(build_example_in folder name)
  file(REMOVE_RECURSE ${WORK}/${folder})
  step(out ${CMAKE_COMMAND} -S ${SOURCE}/examples/${name} -B ${WORK}/${folder} -G Ninja
    -D CMAKE_PREFIX_PATH=${PREFIX} -D CMAKE_COMPILE_WARNING_AS_ERROR=ON ${ARGN})
  step(out ${CMAKE_COMMAND} --build ${WORK}/${folder})
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

# Runs the example of a real model on a picture; skipped without the model, which is large.
function(run_on_picture name picture)
  if(NOT EXISTS ${DEPS}/models/.installed)
    message("skipped: no models: scripts/deps.sh --models fetches them")
    return()
  endif()
  build_example(${name} -D MODELS=${DEPS}/models)
  run_built(${name} ${name} ${picture})
  check_found(${name} ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/expected_${name}.txt)
endfunction()

# What was built in the folder, on the picture: it draws, prints its figures, and loads no framework. What it prints goes to printed.txt.
function(run_built folder name picture)
  step(text ${WORK}/${folder}/${name} ${picture} ${WORK}/${folder}/found.png)
  file(READ ${WORK}/${folder}/found.png signature LIMIT 8 HEX)
  if(NOT signature STREQUAL 89504e470d0a1a0a)
    message(FATAL_ERROR "${WORK}/${folder}/found.png begins with ${signature}: not a PNG")
  endif()
  foreach(figure IN ITEMS "_run[(][)]: [0-9.]+ ms, the least of [0-9]+ on one thread" "program: [0-9]+ bytes, weights included")
    if(NOT text MATCHES "${figure}")
      message(FATAL_ERROR "There is no ${figure} in what ${name} printed:\n${text}")
    endif()
  endforeach()
  expect_libraries(${WORK}/${folder}/${name} libm libpng libjpeg libz libgcc_s libstdc++)
  file(WRITE ${WORK}/${folder}/printed.txt "${text}")
endfunction()

# As check_found.py says, which more arguments go to.
function(check_found folder expected)
  step(checked ${PYTHON} -B ${CMAKE_CURRENT_FUNCTION_LIST_DIR}/check_found.py ${WORK}/${folder}/printed.txt ${expected} ${ARGN})
endfunction()
