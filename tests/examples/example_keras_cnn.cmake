# Models of Keras in a program of C: the value that can be computed by hand, and the digits that Keras itself reads right.
include(${CMAKE_CURRENT_LIST_DIR}/BuildExample.cmake)
build_example(keras_cnn)
step(out ${WORK}/keras_cnn/keras_cnn ${SOURCE}/examples/keras_cnn/test.csv)
expect_text("${out}" "3x3x3 image, Conv2D(1, 2) of ones: 40404 40404 40404 40404 ")
expect_text("${out}" "a 4, read as 4 (100.0 %)")
expect_text("${out}" "285 of 297 digits right: 95.96 %")
expect_text("${out}" "digits_run(): ")
expect_text("${out}" "bytes, weights included")
expect_libraries(${WORK}/keras_cnn/keras_cnn libm)
failing_step(out ${WORK}/keras_cnn/keras_cnn ${WORK}/missing.csv)
expect_text("${out}" "usage: ")

# Each network beside its nodes, one by one.
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${WORK}/keras_cnn --output-on-failure --no-tests=error)
