# Finds Halide's C++ SDK as the PyPI wheel ships it. Halide's own CMake package needs CMake 3.28; Debian 12 has 3.25.
# Looks in CONVFORGE_DEPS (scripts/deps.sh makes it) first. Gives the imported target Halide::Halide.
set(CONVFORGE_DEPS "${PROJECT_SOURCE_DIR}/.deps" CACHE PATH "Private environment made by scripts/deps.sh")
file(GLOB _halide_wheel "${CONVFORGE_DEPS}/halide-*/lib/python3*/site-packages/halide")
find_path(Halide_INCLUDE_DIR Halide.h HINTS ${_halide_wheel} PATH_SUFFIXES include)
find_library(Halide_LIBRARY Halide HINTS ${_halide_wheel} PATH_SUFFIXES lib64 lib)
if(Halide_INCLUDE_DIR)
  file(STRINGS "${Halide_INCLUDE_DIR}/HalideRuntime.h" _halide_version REGEX "#define HALIDE_VERSION_(MAJOR|MINOR|PATCH) ")
  string(REGEX REPLACE "[^0-9;]" "" _halide_version "${_halide_version}")
  string(REPLACE ";" "." Halide_VERSION "${_halide_version}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Halide REQUIRED_VARS Halide_LIBRARY Halide_INCLUDE_DIR VERSION_VAR Halide_VERSION
  REASON_FAILURE_MESSAGE "Run scripts/deps.sh, which installs Halide into ${CONVFORGE_DEPS}.")
if(Halide_FOUND AND NOT TARGET Halide::Halide)
  add_library(Halide::Halide SHARED IMPORTED)
  set_target_properties(Halide::Halide PROPERTIES
    IMPORTED_LOCATION "${Halide_LIBRARY}" INTERFACE_INCLUDE_DIRECTORIES "${Halide_INCLUDE_DIR}")
endif()
