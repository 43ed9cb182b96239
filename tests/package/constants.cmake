# Weights and bias that become part of the library, from files that the project's own build makes.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
copy_project(project constants)
set(configure ${CMAKE_COMMAND} -S ${project} -B ${project}/build -G Ninja -D CMAKE_PREFIX_PATH=${PREFIX})
set(build ${CMAKE_COMMAND} --build ${project}/build)

step(out ${configure})
step(out ${build})
expect_text("${out}" "leaves out, as their weights are zero: 11 of 32 input channels, 24 of 48 output channels, 4 of 9 taps; 493920 of")
step(out ${project}/build/app)
expect_text("${out}" "7 7 7 7")
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${project}/build --output-on-failure --no-tests=error)
step(out ${build})
expect_text("${out}" "no work to do")

# Other numbers in the file: made anew.
step(out ${configure} -D VALUE=2)
step(out ${build})
expect_generated("${out}" 4)
step(out ${project}/build/app)
expect_text("${out}" "11 11 11 11")

# Weights of a wrong shape: the build stops with the file and both shapes, and nothing half-made is left.
file(REMOVE_RECURSE ${project}/build/convforge)
step(out ${configure} -D SHAPE=2,2,1,2)
failing_step(out ${build})
expect_text("${out}" "weights.npy")
expect_text("${out}" "(2, 2, 1, 2)")
expect_text("${out}" "(2, 2, 1, 1)")
file(GLOB left ${project}/build/convforge/quad*/*.o ${project}/build/convforge/quad*/*.h)
if(left)
  message(FATAL_ERROR "Weights of a wrong shape left behind: ${left}")
endif()
