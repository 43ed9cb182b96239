# examples/tune_shards over two processes: the joined file has a plan for every line of the list, and a second run finds no more.
file(MAKE_DIRECTORY ${work})
file(REMOVE ${work}/tuned.json)
file(WRITE ${work}/layers.txt "ic8ih14oc16oh14kh3ph1\nic16ih14oc16oh14kh1\ng8ic8ih14oc8oh14kh3ph1\n")
foreach(added 3 0)
  execute_process(
    COMMAND ${script} ${convforge} ${work}/layers.txt ${work}/tuned.json 2 --target x86-64-sse41 --candidates 2 --neighbours 0
            --slice 0.001
    OUTPUT_VARIABLE output RESULT_VARIABLE result)
  if(NOT result EQUAL 0 OR NOT output MATCHES "tuned.json: ${added} plans added")
    message(FATAL_ERROR "exit code ${result}, expected ${added} plans added:\n${output}")
  endif()
endforeach()
file(READ ${work}/tuned.json text)
string(JSON plans LENGTH "${text}" plans)
if(NOT plans EQUAL 3)
  message(FATAL_ERROR "tuned.json has ${plans} plans, expected 3")
endif()
