# examples/arm_cross as a user builds it, run under emulation as three machines: the variant follows the cores.
include(${SOURCE}/tests/package/Steps.cmake)
set(build ${WORK}/example)
step(out ${CMAKE_COMMAND} -S ${SOURCE}/examples/arm_cross -B ${build} -G Ninja -D CMAKE_BUILD_TYPE=Release
  --toolchain ${SOURCE}/cmake/toolchains/aarch64-linux-gnu.cmake -D CONVFORGE_EXECUTABLE=${CONVFORGE})
step(out ${CMAKE_COMMAND} --build ${build})
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${build} --output-on-failure --no-tests=error)
expect_text("${out}" "100% tests passed, 0 tests failed out of 3")

set(run ${QEMU} -L /usr/aarch64-linux-gnu)
step(out ${run} -cpu cortex-a53 ${build}/arm_cross)
expect_text("${out}" "arm-64-neon-inorder: the best of 2 for this machine's in-order cores")
step(out ${run} -cpu neoverse-n1 ${build}/arm_cross)
expect_text("${out}" "arm-64-neon: the best of 2 for this machine's out-of-order cores")
expect_text("${out}" "####")
step(out ${CMAKE_COMMAND} -E env CONVFORGE_TARGET=arm-64-neon-inorder ${run} -cpu neoverse-n1 ${build}/arm_cross)
expect_text("${out}" "arm-64-neon-inorder: forced by CONVFORGE_TARGET")
