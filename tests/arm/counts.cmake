# Instructions that kernels execute, counted under emulation (counts.py): the layers of counted.txt by the direct method and by
# Winograd's, for both targets. By hand, to print the table of docs/arm.md and record new figures, after the test arm.build_checker:
#   cmake -D SOURCE=. -D WORK=build/tests/arm -D MAKE_KERNELS=build/bin/make_kernels -D PYTHON=python3 -D QEMU=qemu-aarch64-static
#     "-DOPTIONS=--table;--update" -P tests/arm/counts.cmake
include(${SOURCE}/tests/package/Steps.cmake)
set(programs "")
foreach(algorithm IN ITEMS direct winograd)
  set(dir ${WORK}/counts_${algorithm})
  step(out ${MAKE_KERNELS} ${dir} arm-64-neon,arm-64-neon-inorder --batch ${SOURCE}/tests/arm/counted.txt ${algorithm})
  set(includes -I ${SOURCE}/runtime/include -I ${SOURCE}/tests -I ${SOURCE}/tests/arm/checker)
  step(out aarch64-linux-gnu-gcc -std=c11 -O0 ${includes} -c ${dir}/kernels.c -o ${dir}/kernels.o)
  step(out aarch64-linux-gnu-g++ -std=c++17 -O1 -static ${includes} ${SOURCE}/tests/arm/count_kernels.cpp ${dir}/kernels.o
    ${dir}/libkernels.a ${WORK}/checker/convforge/runtime/libconvforge_runtime.a -lpthread -o ${dir}/count)
  list(APPEND programs ${dir}/count)
endforeach()
step(out ${PYTHON} ${SOURCE}/tests/arm/counts.py --qemu ${QEMU} ${OPTIONS} ${programs})
message("${out}")
