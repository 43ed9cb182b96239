# The moved prefix stands alone: the generator loads its own libHalide, and nothing names the places it came from.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)

step(out ldd ${PREFIX}/bin/convforge)
string(REGEX MATCH "libHalide.so => ([^ ]+)" line "${out}")
file(REAL_PATH "${CMAKE_MATCH_1}" loaded)
file(GLOB own ${PREFIX}/lib*/convforge/libHalide.so ${PREFIX}/lib/*/convforge/libHalide.so)
file(REAL_PATH "${own}" own)
if(NOT loaded STREQUAL own)
  message(FATAL_ERROR "The installed generator loads ${loaded}, not ${own}\n${out}")
endif()

file(GLOB_RECURSE texts ${PREFIX}/*.cmake ${PREFIX}/*.in ${PREFIX}/*.h ${PREFIX}/*.hpp)
foreach(text IN LISTS texts)
  file(READ ${text} content)
  foreach(place IN ITEMS ${SOURCE} ${BINARY} ${WORK}/installed)
    # As a path of its own: a checkout in /convforge is not what include/convforge or ${dir}/convforge names.
    string(REGEX REPLACE "([][+.*()^$?|\\\\])" "\\\\\\1" pattern "${place}")
    if(content MATCHES "(^|[^A-Za-z0-9_./}-])${pattern}(/|[^A-Za-z0-9_.-]|$)")
      message(FATAL_ERROR "${text} names ${place}")
    endif()
  endforeach()
endforeach()

step(out readelf -d ${PREFIX}/bin/convforge)
if(out MATCHES "R(UN)?PATH[^\n]*\\[([^]]*)" AND NOT CMAKE_MATCH_2 MATCHES "^\\$ORIGIN/[^:]*$")
  message(FATAL_ERROR "The installed generator searches ${CMAKE_MATCH_2}")
endif()
