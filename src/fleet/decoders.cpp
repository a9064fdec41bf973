#include "fleet/decoders.hpp"

#include <utility>
#include <variant>

namespace yolofleet::fleet {
namespace {

/// The picture's pixels in place of its file, or why there are none.
std::optional<Error> decode(Picture& picture, const DecodeLimits& limits) {
  auto image = Image::decode(std::get<EncodedImage>(picture), limits);
  if (!image) {
    return std::move(image).error();
  }
  picture = *std::move(image);
  return std::nullopt;
}

}  // namespace

Decoders::Decoders(const DecodeOptions& options, OnDecoded on_decoded)
    : limits_(options.limits), on_decoded_(std::move(on_decoded)) {
  try {
    for (int i = 0; i < options.threads; ++i) {
      threads_.emplace_back([this] { run(); });
    }
  } catch (...) {  // those that were started use this object
    stop();
    throw;
  }
}

Decoders::~Decoders() {
  stop();
}

void Decoders::stop() {
  {
    const std::lock_guard lock{mutex_};
    closing_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) {
    thread.join();
  }
}

void Decoders::add(backend::Job job) {
  {
    const std::lock_guard lock{mutex_};
    jobs_.push_back(std::move(job));
  }
  changed_.notify_one();
}

double Decoders::busy_seconds() const {
  const std::lock_guard lock{mutex_};
  return seconds(busy_);
}

void Decoders::run() {
  std::unique_lock lock{mutex_};
  for (;;) {
    changed_.wait(lock, [this] { return closing_ || !jobs_.empty(); });
    if (closing_) {
      return;
    }
    backend::Job job = std::move(jobs_.front());
    jobs_.pop_front();
    lock.unlock();
    const auto begin = Clock::now();
    auto error = decode(job.picture, limits_);
    const auto took = Clock::now() - begin;
    on_decoded_(std::move(job), std::move(error));
    lock.lock();
    busy_ += took;
  }
}

}  // namespace yolofleet::fleet
