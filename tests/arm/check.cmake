# Checks a list of problems under emulation: compiles them here (make_kernels), links them to the cross-built checker,
# runs that in qemu. LIST is what make_kernels takes: --batch;FILE[;ALGORITHM[;N]] or --random;COUNT;SEED[;TYPES[;DIMENSIONS]]. By hand, after the test
# arm.build_checker (WORK is its folder, tests/arm of the build):
#   cmake -D SOURCE=. -D WORK=build/tests/arm -D NAME=mine -D TARGETS=arm-64-neon -D "LIST=--batch;mine.txt"
#     -D MAKE_KERNELS=build/bin/make_kernels -D QEMU=qemu-aarch64-static -P tests/arm/check.cmake
include(${SOURCE}/tests/package/Steps.cmake)
set(dir ${WORK}/${NAME})
step(out ${MAKE_KERNELS} ${dir} ${TARGETS} ${LIST})
step(out aarch64-linux-gnu-gcc -std=c11 -O0 -I ${SOURCE}/runtime/include -I ${SOURCE}/tests/arm/checker
  -c ${dir}/kernels.c -o ${dir}/kernels.o)
step(out aarch64-linux-gnu-g++ -static ${dir}/kernels.o ${WORK}/checker/libchecker.a ${dir}/libkernels.a
  ${WORK}/checker/convforge/runtime/libconvforge_runtime.a -lpthread -o ${dir}/check)
step(out ${QEMU} ${dir}/check)
message("${out}")
