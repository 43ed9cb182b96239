# A step of convforge_add_conv(... TARGETS host): the generator names objects after their target, which is known only once
# it has looked at the CPU. Renames ${name}_<target>.o in ${dir} to ${name}_host.o, and its constant weights likewise; other
# constants are the same for every target, and named without the hyphens that every target's name has.
set(variant "/${name}_[^_/.]+-[^_/.]+(_weights|)[.]o$")
file(GLOB objects ${dir}/${name}_*.o)
list(FILTER objects INCLUDE REGEX "${variant}")
foreach(object IN LISTS objects)
  string(REGEX REPLACE "${variant}" "/${name}_host\\1.o" host_object ${object})
  file(RENAME ${object} ${host_object})
endforeach()
