# A step of convforge_add_conv(... TARGETS host): the generator names objects after their target, which is known only once
# it has looked at the CPU. Renames ${name}_<target>.o in ${dir} to ${name}_host.o, and its constant weights likewise; other
# constants are the same for every target.
file(GLOB objects ${dir}/${name}_*.o)
list(FILTER objects EXCLUDE REGEX "/${name}_(host|host_weights|(bias|scale|prelu|residual)[0-9]*)[.]o$")
foreach(object IN LISTS objects)
  string(REGEX REPLACE "/${name}_[^_/.]+(_weights|)[.]o$" "/${name}_host\\1.o" host_object ${object})
  file(RENAME ${object} ${host_object})
endforeach()
