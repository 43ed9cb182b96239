# Everything the host tools are built with; scripts/deps.sh installs it all, pinned.
find_package(Halide 21.0.0 EXACT MODULE REQUIRED)
find_package(LLVM 19.1 REQUIRED CONFIG HINTS /usr/lib/llvm-19/lib/cmake/llvm)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(ZLIB REQUIRED)
find_package(CLI11 REQUIRED)

# What LLVM and Halide are called here, and in the package (convforge-config.cmake.in).
set(CONVFORGE_LLVM $<BUILD_INTERFACE:convforge_llvm> $<INSTALL_INTERFACE:LLVM>)
set(CONVFORGE_HALIDE $<BUILD_INTERFACE:Halide::Halide> $<INSTALL_INTERFACE:convforge::halide>)
add_library(convforge_llvm INTERFACE)
target_include_directories(convforge_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
target_compile_definitions(convforge_llvm INTERFACE ${LLVM_DEFINITIONS_LIST})
target_link_libraries(convforge_llvm INTERFACE LLVM)
target_link_directories(convforge_llvm INTERFACE ${LLVM_LIBRARY_DIRS})
