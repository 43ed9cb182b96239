# Kernels with pruned constant weights as a user makes them, held to the float64 loop of generated tests under emulation.
include(${SOURCE}/tests/package/Steps.cmake)
set(dir ${WORK}/pruned)
file(MAKE_DIRECTORY ${dir})
step(out cc -std=c11 ${SOURCE}/tests/package/constants/write_pruned.c -o ${dir}/write_pruned)
file(GLOB tools ${SOURCE}/kernel_tools/reference*.c)
list(APPEND tools ${SOURCE}/kernel_tools/kernel_test.c ${SOURCE}/kernel_tools/kernel_tensors.c ${SOURCE}/kernel_tools/npy_floats.c)

# Makes and runs the kernel ${name}, whose weights are in the given order.
function(check_pruned name order)
  step(out ${dir}/write_pruned ${dir}/${order}.npy ${order})
  step(out ${CONVFORGE} compile --problem ic32ih14oc48kh3ph1 --epilogue bias,relu --target arm-64-neon,arm-64-neon-inorder
    --weights ${dir}/${order}.npy --weights-layout ${order} --name ${name} --emit object,header,source --out ${dir} ${ARGN})
  expect_text("${out}" "leaves out, as their weights are zero: 11 of 32 input channels, 24 of 48 output channels")
  set(constants "{\"weights\", \"${dir}/${order}.npy\"}, ")
  configure_file(${SOURCE}/cmake/templates/kernel_test.c.in ${dir}/${name}_test.c @ONLY)
  file(GLOB objects ${dir}/${name}_*.o)
  step(out aarch64-linux-gnu-gcc -std=c11 -O1 -static -D_POSIX_C_SOURCE=200809L -I ${dir} -I ${SOURCE}/runtime/include
    -I ${SOURCE}/kernel_tools/include ${dir}/${name}_test.c ${dir}/${name}.c ${tools} ${objects}
    ${WORK}/checker/convforge/runtime/libconvforge_runtime.a -lpthread -lm -o ${dir}/${name}_test)
  foreach(target IN ITEMS arm-64-neon arm-64-neon-inorder)
    step(out ${CMAKE_COMMAND} -E env CONVFORGE_TARGET=${target} ${QEMU} ${dir}/${name}_test)
    expect_text("${out}" "passed")
    message("${out}")
  endforeach()
endfunction()

check_pruned(pruned_nhwc hwio)
check_pruned(pruned_nhwc_exact hwio --math exact)
check_pruned(pruned_nchw oihw --layout nchw)
