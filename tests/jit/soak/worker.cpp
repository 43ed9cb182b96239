#include "worker.hpp"

#include "../memory_use.hpp"
#include "jits.hpp"

#include <barrier>
#include <cstdio>
#include <fmt/format.h>
#include <iterator>
#include <thread>
#include <utility>
#include <vector>

#include <malloc.h>
#include <sys/resource.h>

namespace convforge::soak {

namespace {

using Clock = std::chrono::steady_clock;

/// Of ten requests, four go to Jits that all threads share.
Source pick_source(Random &random) {
  constexpr Source sources[] = {Source::shared,   Source::shared, Source::shared,  Source::bounded,
                                Source::fresh,    Source::fresh,  Source::program, Source::fallback,
                                Source::fallback, Source::failing};
  return sources[random.integer(0, static_cast<int>(std::size(sources)) - 1)];
}

/// What a thread does.
class Requests {
public:
  Requests(const Work &work, Jits &jits, ProcessState &state, ThreadState &mine, std::uint64_t seed)
      : work_(work), jits_(jits), state_(state), mine_(mine), random_(seed) {}

  /// At least a few requests, so that what is made once is there.
  void until(Clock::time_point end) {
    for (int done = 0; done < 8 || Clock::now() < end; done++)
      request();
    held_.clear();
  }

private:
  struct Request {
    Source source = Source::shared;
    int number = 0, target = 0;
  };

  /// The first problems are asked for more often.
  Request next() {
    return {.source = pick_source(random_),
            .number = random_.integer(0, random_.integer(0, static_cast<int>(work_.cases.size()) - 1)),
            .target = random_.integer(0, static_cast<int>(targets_.size()) - 1)};
  }

  /// Now and then the last one once more, as programs do that ask for each call: where compiling is slow,
  /// memory would hardly be asked for what it holds (none of 256 requests on two busy cores).
  void request() {
    if (!random_.chance(4))
      last_ = next();
    const auto &[source, number, target_number] = last_;
    const std::string &target = targets_[static_cast<std::size_t>(target_number)];
    mine_.source = static_cast<int>(source);
    mine_.test_case = number;
    ask(source, work_.cases[static_cast<std::size_t>(number)], target);
    if (random_.chance(400))
      jits_.forget(source, target);
    ++mine_.requests;
  }

  void ask(Source source, const Case &asked, const std::string &target) {
    const std::shared_ptr<Jit> jit = jits_.get(source, target);
    if (random_.chance(20)) { // ~Jit waits for it
      jit->compile_async(asked.problem());
      ++state_.unawaited;
      return;
    }
    const Result<JitKernel> kernel =
        random_.chance(3) ? jit->compile_async(asked.problem()).get() : jit->compile(asked.problem());
    if (kernel)
      use(*kernel, asked, target);
    else if (source == Source::failing && kernel.error().code == JitError::Code::compile)
      ++state_.refused;
    else
      tell(state_.errors, asked, target, kernel.error().message);
  }

  void use(const JitKernel &kernel, const Case &asked, const std::string &target) {
    state_.generic += kernel.origin() == JitKernel::Origin::generic;
    const std::string wrong = asked.check(kernel, random_);
    if (!wrong.empty())
      tell(state_.wrong, asked, target, wrong);
    held_.push_back(kernel); // outlives its Jit
    if (held_.size() > 8)
      held_.erase(held_.begin() + random_.integer(0, 8));
  }

  void tell(Count &count, const Case &asked, const std::string &target, const std::string &what) const {
    constexpr int most_told = 5;
    if (++count <= most_told)
      std::fputs(fmt::format("{} for {}: {}\n", asked.problem().canonical(), target, what).c_str(), stderr);
  }

  const Work &work_;
  Jits &jits_;
  ProcessState &state_;
  ThreadState &mine_;
  Random random_;
  const std::vector<std::string> targets_ = targets();
  std::vector<JitKernel> held_;
  Request last_;
};

/// While nothing of the Jit's is alive.
void look_at_memory(Held &held) {
  malloc_trim(0); // what the heap keeps for later is no leak
  const MemoryUse use = memory_use();
  held.resident_kib = use.resident_kib;
  held.mappings = use.mappings;
  held.executable_mappings = use.executable_mappings;
  held.descriptors =
      static_cast<int>(std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {}));
  rusage usage = {};
  getrusage(RUSAGE_SELF, &usage);
  held.peak_kib = usage.ru_maxrss;
  const struct mallinfo2 heap = mallinfo2(); // of all threads' heaps
  held.heap_kib = static_cast<long>((heap.uordblks + heap.hblkhd) / 1024);
}

} // namespace

void work(const Work &work, Board &board, int process) {
  ProcessState &state = board.process[static_cast<std::size_t>(process)];
  Jits jits(state, work.cache);
  Held *next = &state.early;
  const auto look = [&]() noexcept {
    jits.forget_all();
    look_at_memory(*std::exchange(next, &state.late));
  };
  std::barrier all_idle(threads, look);
  std::vector<std::thread> running;
  running.reserve(threads);
  for (int i = 0; i < threads; i++)
    running.emplace_back([&, i] {
      Requests requests(work, jits, state, state.thread[static_cast<std::size_t>(i)],
                        static_cast<std::uint64_t>(process * threads + i));
      for (const Clock::time_point when : {work.early, work.end}) {
        requests.until(when);
        all_idle.arrive_and_wait();
      }
    });
  for (std::thread &thread : running)
    thread.join();
}

} // namespace convforge::soak
