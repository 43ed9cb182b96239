# The test that convforge_add_conv(... TEST) makes can fail: an object of another kernel is put in the place of its own, in
# turn ones that read a row too far up and a column too far left, add the bias after relu, and know no relu.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project mutation)
set(build ${project}/build)
set(test ${CMAKE_CTEST_COMMAND} --test-dir ${build} --output-on-failure --no-tests=error)
step(out ${CMAKE_COMMAND} -S ${project} -B ${build} -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX})
step(out ${CMAKE_COMMAND} --build ${build})
step(out ${test})

# Compiles the object of another problem under the same name and puts it into the library.
function(spoil)
  file(REMOVE_RECURSE ${project}/other)
  step(out ${PREFIX}/bin/convforge compile --name spoilt --emit object --out ${project}/other ${ARGN})
  file(GLOB object ${project}/other/*.o)
  file(COPY_FILE ${object} ${build}/convforge/spoilt/spoilt_host.o)
  step(out ${CMAKE_COMMAND} --build ${build})
endfunction()

spoil(--problem ic8ih9oc16oh9kh3ph1 --epilogue bias,relu)
step(out ${test})
foreach(other IN ITEMS "ic8ih9iw9oc16oh9ow9kh3kw3ph2pw1;--epilogue;bias,relu" "ic8ih9iw9oc16oh9ow9kh3kw3ph1pw0;--epilogue;bias,relu"
    "ic8ih9oc16oh9kh3ph1;--epilogue;relu,bias" "ic8ih9oc16oh9kh3ph1;--epilogue;bias")
  spoil(--problem ${other})
  failing_step(out ${test})
  expect_text("${out}" "outputs wrong: FAILED")
endforeach()
