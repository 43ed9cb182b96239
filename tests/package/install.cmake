# Installs into one folder and moves it to another: whatever remembers the first is found out by the tests that follow.
include(${CMAKE_CURRENT_LIST_DIR}/Steps.cmake)
file(REMOVE_RECURSE ${WORK})
step(out ${CMAKE_COMMAND} --install ${BINARY} --prefix ${WORK}/installed)
file(RENAME ${WORK}/installed ${PREFIX})
