#include "run/pairing.hpp"

#include <gtest/gtest.h>

#include <numeric>
#include <random>
#include <thread>
#include <vector>

namespace yolofleet::command {
namespace {

Pending handed_in(std::uint64_t index, std::uint64_t ticket) {
  return {index, {"picture " + std::to_string(index), {}, {}}, ticket};
}

Pending refused(std::uint64_t index) {
  Entry entry{"picture " + std::to_string(index), {}, Error{ErrorCode::kNotFound, "gone"}};
  return {index, std::move(entry), std::nullopt};
}

PictureResult result_of(std::uint64_t ticket) {
  PictureResult result;
  result.index = ticket;
  result.width = static_cast<int>(ticket) + 1;
  return result;
}

/// Gives the results of these tickets, one a call.
Pairing::Next in_order_of(std::vector<std::uint64_t> tickets) {
  return [tickets = std::move(tickets), at = std::size_t{0}]() mutable {
    return at < tickets.size() ? std::optional(result_of(tickets[at++])) : std::nullopt;
  };
}

void expect(std::optional<Outcome> outcome, std::uint64_t index, int width) {
  ASSERT_TRUE(outcome);
  EXPECT_EQ(outcome->index, index);
  EXPECT_EQ(outcome->result.index, index);
  EXPECT_EQ(outcome->entry.name, "picture " + std::to_string(index));
  EXPECT_EQ(outcome->result.width, width);
  EXPECT_EQ(outcome->result.error.has_value(), width == 0);
}

TEST(Pairing, AnOrderedDetectorGivesTheOrderOfTheInputsWhateverIsRefused) {
  BoundedQueue<Pending> queue(8);
  for (auto pending : {refused(0), handed_in(1, 0), refused(2), handed_in(3, 1), refused(4)}) {
    queue.push(std::move(pending));
  }
  queue.close();
  Pairing pairing(queue, in_order_of({0, 1}));
  expect(pairing.take(), 0, 0);
  expect(pairing.take(), 1, 1);
  expect(pairing.take(), 2, 0);
  expect(pairing.take(), 3, 2);
  expect(pairing.take(), 4, 0);
  EXPECT_FALSE(pairing.take());
}

TEST(Pairing, ResultsThatComeInAnotherOrderFindTheirPictures) {
  BoundedQueue<Pending> queue(8);
  for (auto pending : {handed_in(0, 0), refused(1), handed_in(2, 1), handed_in(3, 2)}) {
    queue.push(std::move(pending));
  }
  queue.close();
  Pairing pairing(queue, in_order_of({2, 0, 1}));
  expect(pairing.take(), 3, 3);
  expect(pairing.take(), 1, 0);
  expect(pairing.take(), 0, 1);
  expect(pairing.take(), 2, 2);
  EXPECT_FALSE(pairing.take());
}

TEST(Pairing, AResultMayBeThereBeforeItsPictureIsInTheQueue) {
  BoundedQueue<Pending> queue(2);
  queue.push(handed_in(0, 0));
  Pairing pairing(queue, in_order_of({1, 0}));
  std::thread late([&] {
    queue.push(refused(1));
    queue.push(handed_in(2, 1));
    queue.close();
  });
  expect(pairing.take(), 2, 2);
  late.join();
  expect(pairing.take(), 1, 0);
  expect(pairing.take(), 0, 1);
  EXPECT_FALSE(pairing.take());
}

TEST(Pairing, EveryPictureGetsItsOwnResultOnceInAnyOrder) {
  constexpr std::uint64_t kPictures = 10'000;
  constexpr std::uint64_t kUnderWay = 64;
  std::vector<std::uint64_t> tickets(kPictures);
  std::iota(tickets.begin(), tickets.end(), 0);
  std::mt19937 random(1);
  for (std::size_t first = 0; first < kPictures; first += kUnderWay) {
    const auto begin = tickets.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = tickets.begin() + static_cast<std::ptrdiff_t>(
                                           std::min<std::size_t>(first + kUnderWay, kPictures));
    std::shuffle(begin, end, random);
  }
  BoundedQueue<Pending> queue(kUnderWay);
  std::thread reader([&] {
    for (std::uint64_t ticket = 0; ticket < kPictures; ++ticket) {
      queue.push(handed_in(2 * ticket, ticket));
      queue.push(refused(2 * ticket + 1));
    }
    queue.close();
  });
  Pairing pairing(queue, in_order_of(tickets));
  std::vector<int> seen(2 * kPictures);
  while (auto outcome = pairing.take()) {
    ++seen.at(outcome->index);
    const bool even = outcome->index % 2 == 0;
    EXPECT_EQ(outcome->result.width, even ? static_cast<int>(outcome->index / 2) + 1 : 0);
  }
  reader.join();
  EXPECT_EQ(seen, std::vector<int>(2 * kPictures, 1));
}

TEST(Pairing, ADetectorThatEndsTooSoonIsAnErrorOfThePicture) {
  BoundedQueue<Pending> queue(8);
  queue.push(handed_in(0, 0));
  queue.push(handed_in(1, 1));
  queue.close();
  Pairing pairing(queue, in_order_of({1}));
  expect(pairing.take(), 1, 2);
  const auto lost = pairing.take();
  ASSERT_TRUE(lost && lost->result.error);
  EXPECT_EQ(lost->result.error->code, ErrorCode::kInternal);
  EXPECT_EQ(lost->result.error->message, "the detector ended before it gave this picture's result");
  EXPECT_FALSE(pairing.take());
}

TEST(Pairing, AResultThatFitsNoPictureIsAnError) {
  BoundedQueue<Pending> queue(8);
  queue.push(handed_in(0, 0));
  queue.close();
  Pairing pairing(queue, in_order_of({7}));
  const auto strange = pairing.take();
  ASSERT_TRUE(strange && strange->result.error);
  EXPECT_EQ(strange->result.error->message, "the detector gave a result that fits no picture");
}

TEST(Pairing, DrainingTakesAResultForEachPictureThatWasHandedIn) {
  BoundedQueue<Pending> queue(8);
  for (auto pending : {handed_in(0, 0), handed_in(1, 1), refused(2), handed_in(3, 2)}) {
    queue.push(std::move(pending));
  }
  queue.close();
  std::size_t taken = 0;
  Pairing pairing(queue, [&, next = in_order_of({2, 0, 1})] {
    ++taken;
    return next();
  });
  expect(pairing.take(), 3, 3);
  pairing.drain();
  EXPECT_EQ(taken, 3U);
  EXPECT_FALSE(pairing.take());
}

}  // namespace
}  // namespace yolofleet::command
