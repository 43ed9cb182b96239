# tests/package/subdirectory for AArch64: kernels and a whole network, cross-compiled in one build with the runtime, with the generator
# named by CONVFORGE_EXECUTABLE; their tests run under emulation.
include(${SOURCE}/tests/package/Steps.cmake)
set(build ${WORK}/subdirectory)
step(out ${CMAKE_COMMAND} -S ${SOURCE}/tests/package/subdirectory -B ${build} -G Ninja
  --toolchain ${SOURCE}/cmake/toolchains/aarch64-linux-gnu.cmake -D CONVFORGE_SOURCE=${SOURCE} -D CONVFORGE_EXECUTABLE=${CONVFORGE}
  "-DTARGETS=arm-64-neon\;arm-64-neon-inorder")
expect_text("${out}" "convforge_add_model(whole): whole_run(): 17 calls")
step(out ${CMAKE_COMMAND} --build ${build})
step(out ${CMAKE_CTEST_COMMAND} --test-dir ${build} --output-on-failure --no-tests=error)
expect_text("${out}" "100% tests passed, 0 tests failed out of 8")
