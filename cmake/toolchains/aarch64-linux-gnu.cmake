# AArch64 Linux with Debian's cross compiler (gcc-aarch64-linux-gnu, g++-aarch64-linux-gnu). Programs of the target, tests
# too, run under qemu's user mode where that is installed (qemu-user-static), on the C library that the compiler brings.
#   cmake -S . -B build-arm --toolchain .../aarch64-linux-gnu.cmake -D CONVFORGE_EXECUTABLE=.../convforge
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

find_program(CONVFORGE_QEMU_AARCH64 NAMES qemu-aarch64-static qemu-aarch64)
if(CONVFORGE_QEMU_AARCH64)
  set(CMAKE_CROSSCOMPILING_EMULATOR ${CONVFORGE_QEMU_AARCH64} -L /usr/aarch64-linux-gnu)
endif()

# Programs come from this machine, everything else from the target.
set(CMAKE_FIND_ROOT_PATH /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE BOTH)
