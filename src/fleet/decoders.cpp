#include "fleet/decoders.hpp"

#include <utility>

#include "backend/pixels.hpp"

namespace yolofleet::fleet {
Decoders::Decoders(const DecodeOptions& options, OnDecoded on_decoded)
    : limits_(options.limits), on_decoded_(std::move(on_decoded)) {
  try {
    for (int i = 0; i < options.threads; ++i) {
      threads_.emplace_back([this] { run(); });
    }
  } catch (...) {  // the started threads use this object
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
    const auto decoded = backend::decode_in_place(job.picture, limits_);
    const auto took = Clock::now() - begin;
    on_decoded_(std::move(job), decoded ? std::nullopt : std::optional{decoded.error()});
    lock.lock();
    busy_ += took;
  }
}

}  // namespace yolofleet::fleet
