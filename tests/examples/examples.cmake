# Builds the examples as projects of their own and runs them: feature_maps on a PNG and on a JPEG, cuda without a driver.
include(${SOURCE}/tests/package/Steps.cmake)

function(build_example name)
  file(REMOVE_RECURSE ${WORK}/${name})
  step(out ${CMAKE_COMMAND} -S ${SOURCE}/examples/${name} -B ${WORK}/${name} -G Ninja
    -D CMAKE_PREFIX_PATH=${PREFIX} -D CMAKE_COMPILE_WARNING_AS_ERROR=ON)
  step(out ${CMAKE_COMMAND} --build ${WORK}/${name})
endfunction()

build_example(concatenation)
step(out ${WORK}/concatenation/concatenation)
expect_text("${out}" "joined without a copy")
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/concatenation --output-on-failure --no-tests=error)
build_example(seed_cases)
step(out ${WORK}/seed_cases/seed_cases)
expect_text("${out}" "13 parameters: 40404 40404 40404 40404")
expect_text("${out}" "both as computed by hand")

build_example(feature_maps)
step(out ${DRAW} ${WORK}/drawn.png ${WORK}/drawn.jpg)
foreach(kind IN ITEMS png jpg)
  step(out ${WORK}/feature_maps/feature_maps ${WORK}/drawn.${kind} ${WORK}/maps_${kind}.png)
  foreach(text IN ITEMS first_layer smooth mix "320x320x3 -> 320x320x32" "code bytes" "% of peak")
    expect_text("${out}" "${text}")
  endforeach()
  file(READ ${WORK}/maps_${kind}.png signature LIMIT 8 HEX)
  if(NOT signature STREQUAL 89504e470d0a1a0a)
    message(FATAL_ERROR "${WORK}/maps_${kind}.png begins with ${signature}: not a PNG")
  endif()
endforeach()
failing_step(out ${WORK}/feature_maps/feature_maps ${SOURCE}/README.md ${WORK}/none.png)
expect_text("${out}" "README.md: neither PNG nor JPEG")
failing_step(out ${WORK}/feature_maps/feature_maps ${WORK}/missing.png ${WORK}/none.png)
expect_text("${out}" "missing.png: cannot be opened")

# No driver, or none that has a GPU: the program starts all the same, and says so.
build_example(cuda)
execute_process(COMMAND ${CMAKE_COMMAND} -E env CONVFORGE_CUDA_DRIVER=/nonexistent/libcuda.so ${WORK}/cuda/cuda_example
  OUTPUT_VARIABLE out RESULT_VARIABLE status)
expect_text("${out}" "skipped: no CUDA device")
if(NOT status EQUAL 77)
  message(FATAL_ERROR "cuda_example answered ${status} without a driver, not 77")
endif()
