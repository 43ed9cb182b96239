# The lines of a photographed page, by the detector of PP-OCR.
include(${CMAKE_CURRENT_LIST_DIR}/BuildExample.cmake)
run_on_picture(text_detection ${DEPS}/images/page.png)
