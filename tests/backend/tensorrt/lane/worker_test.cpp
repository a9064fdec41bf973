#include "backend/tensorrt/lane/worker.hpp"

#include <gmock/gmock.h>

#include <numeric>
#include <system_error>
#include <vector>

namespace yolofleet::backend::tensorrt {
namespace {

/// Appends the values of a channel to `taken`.
auto taking(Channel<int>& channel, std::vector<int>& taken) {
  return [&] {
    int value = 0;
    while (channel.pop(value)) {
      taken.push_back(value);
    }
  };
}

TEST(Worker, ProcessesAllValuesInTheirOrder) {
  constexpr int kMany = 1000;
  Channel<int> channel;
  std::vector<int> taken;
  {
    const Worker<int> worker{channel, taking(channel, taken)};
    for (int i = 0; i < kMany; ++i) {
      channel.push(i);
    }
  }
  std::vector<int> all(kMany);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(taken, all);
}

TEST(Worker, TwoInARowProcessAllValuesBeforeTheyEnd) {
  Channel<int> first;
  Channel<int> second;
  std::vector<int> taken;
  {
    const Worker<int> last{second, taking(second, taken)};
    const Worker<int> between{first, [&] {
                                int value = 0;
                                while (first.pop(value)) {
                                  second.push(value * 10);
                                }
                              }};
    first.push(1);
    first.push(2);
  }
  EXPECT_THAT(taken, ::testing::ElementsAre(10, 20));
}

TEST(Worker, EndsIfTheNextThreadCantBeStarted) {
  struct NeverStarts {
    NeverStarts() {
      throw std::system_error{std::make_error_code(std::errc::resource_unavailable_try_again)};
    }
  };
  struct Two {
    explicit Two(Channel<int>& channel, std::vector<int>& taken)
        : worker{channel, taking(channel, taken)} {}
    Worker<int> worker;
    NeverStarts next;
  };
  Channel<int> channel;
  std::vector<int> taken;
  EXPECT_THROW((Two{channel, taken}), std::system_error);
  EXPECT_THAT(taken, ::testing::IsEmpty());
}

}  // namespace
}  // namespace yolofleet::backend::tensorrt
