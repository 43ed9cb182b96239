/* An object that wants a function of the process that no kernel may call. */
int getpid(void);
int conv_x86_64_sse41(void **arguments);

int conv_x86_64_sse41(void **arguments) {
  return arguments[0] != (void *)0 ? getpid() : 0;
}
