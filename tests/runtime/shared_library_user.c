int user_call(void);

int main(void) {
  return user_call();
}
