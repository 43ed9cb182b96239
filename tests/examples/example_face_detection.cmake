# The one face of a photograph, by MediaPipe's detector.
include(${CMAKE_CURRENT_LIST_DIR}/BuildExample.cmake)
run_on_picture(out face_detection ${DEPS}/images/astronaut.png)
