# The lines of a photographed page, by the detector of PP-OCR.
include(${CMAKE_CURRENT_LIST_DIR}/BuildExample.cmake)
run_on_picture(out text_detection ${DEPS}/images/page.png)
