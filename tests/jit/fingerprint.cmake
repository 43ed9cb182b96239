# Two builds of one version whose generators differ must not share kernels: the fingerprint that is part of every key covers
# every source that decides what a kernel is, and changes with each of them.
# -D script=Fingerprint.cmake -D list=the build's list -D source_tree=... -D work=scratch folder -D sources=of the libraries
cmake_minimum_required(VERSION 3.25)
file(STRINGS ${list} covered)
foreach(source IN LISTS sources)
  if(NOT source IN_LIST covered)
    message(FATAL_ERROR "${source} is compiled into the generator, but its hash is not part of the cache's keys")
  endif()
endforeach()
foreach(pattern IN ITEMS generator/plan/plan.hpp generator/problem/problem.hpp runtime/include/convforge/hooks.h
    runtime/src/winograd.c)
  if(NOT ${source_tree}/${pattern} IN_LIST covered)
    message(FATAL_ERROR "${pattern} is not covered")
  endif()
endforeach()

# The fingerprint that the script writes for two files with this text.
function(fingerprint_of out text)
  file(WRITE ${work}/a.cpp "one")
  file(WRITE ${work}/b.cpp "${text}")
  file(WRITE ${work}/list.txt "${work}/a.cpp\n${work}/b.cpp\n")
  execute_process(COMMAND ${CMAKE_COMMAND} -D list=${work}/list.txt -D output=${work}/fingerprint.cpp -P ${script}
    COMMAND_ERROR_IS_FATAL ANY)
  file(READ ${work}/fingerprint.cpp source)
  string(REGEX MATCH "\"([0-9a-f]+)\";" found "${source}")
  set(${out} "${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()
fingerprint_of(first "two")
fingerprint_of(again "two")
fingerprint_of(other "tw0")
string(LENGTH "${first}" length)
if(NOT length EQUAL 64 OR NOT first STREQUAL again OR first STREQUAL other)
  message(FATAL_ERROR "fingerprints ${first}, ${again} and ${other}: expected two equal SHA-256 and another")
endif()
