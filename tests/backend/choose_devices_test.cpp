#include "backend/choose_devices.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backend/cpu/device.hpp"
#include "backend/fake/device.hpp"

namespace yolofleet::backend {
namespace {

using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

fake::Script card(int index, const std::string& unavailable = "") {
  fake::Script script;
  script.id = "fake:" + std::to_string(index);
  script.unavailable = unavailable;
  return script;
}

/// A machine with these cards and a CPU.
std::vector<Listing> machine(const std::vector<fake::Script>& cards) {
  Listing listing{"card", {"fake:"}, {}};
  for (const fake::Script& script : cards) {
    listing.devices->push_back(fake::make_device(script));
  }
  return {listing, cpu::list_devices()};
}

std::vector<Listing> two_cards() {
  return machine({card(0), card(1)});
}

/// A machine with a CPU alone, and the reason why it has no card.
std::vector<Listing> no_card(ErrorCode code) {
  return {{"card", {"fake:"}, tl::unexpected(Error{code, "the reason"})}, cpu::list_devices()};
}

Options options_of(const std::string& devices, int threads = 0) {
  Options options;
  options.devices = devices;
  options.threads = threads;
  return options;
}

std::vector<std::string> names_of(const Result<Devices>& devices) {
  std::vector<std::string> names;
  for (const auto& device : devices.value()) {
    names.push_back(device->configured_name());
  }
  return names;
}

std::vector<std::string> chosen(const std::string& devices, const std::vector<Listing>& listings,
                                int threads = 0) {
  std::vector<std::string> warnings;
  const auto found = choose_devices(options_of(devices, threads), listings, warnings);
  EXPECT_THAT(warnings, IsEmpty());
  return names_of(found);
}

Error refusal(const std::string& devices, const std::vector<Listing>& listings, int threads = 0) {
  std::vector<std::string> warnings;
  const auto found = choose_devices(options_of(devices, threads), listings, warnings);
  return found ? Error{ErrorCode::kInternal, "accepted"} : found.error();
}

TEST(ChooseDevices, AutoIsEveryUsableDeviceElseTheFallback) {
  EXPECT_THAT(chosen("auto", two_cards()), ElementsAre("fake:0", "fake:1"));
  EXPECT_THAT(chosen("auto", no_card(ErrorCode::kNotFound)), ElementsAre("cpu"));
  EXPECT_THAT(chosen("all", two_cards()), ElementsAre("fake:0", "fake:1", "cpu"));
  EXPECT_THAT(chosen("all", no_card(ErrorCode::kNotFound)), ElementsAre("cpu"));
}

TEST(ChooseDevices, AListKeepsItsOrder) {
  EXPECT_THAT(chosen("fake:1,cpu,fake:0", two_cards()), ElementsAre("fake:1", "cpu", "fake:0"));
}

TEST(ChooseDevices, ABackEndIsFoundWhateverItsPlaceInTheListings) {
  std::vector<Listing> listings = two_cards();
  std::swap(listings[0], listings[1]);
  EXPECT_THAT(chosen("fake:1,cpu", listings), ElementsAre("fake:1", "cpu"));
  EXPECT_THAT(chosen("all", listings), ElementsAre("fake:0", "fake:1", "cpu"));
}

TEST(ChooseDevices, AnUnusableDeviceIsLeftOutWithAWarning) {
  const auto listings = machine({card(0, "it is broken"), card(1)});
  std::vector<std::string> warnings;
  EXPECT_THAT(names_of(choose_devices(options_of("auto"), listings, warnings)),
              ElementsAre("fake:1"));
  EXPECT_THAT(warnings, ElementsAre("fake:0 isn't used: it is broken"));
  EXPECT_EQ(refusal("fake:0", listings).message, "fake:0 can't be used: it is broken");
}

TEST(ChooseDevices, DevicesThatDontWorkAreAWarningNoDevicesAreNone) {
  for (const ErrorCode code : {ErrorCode::kMismatch, ErrorCode::kDevice}) {
    std::vector<std::string> warnings;
    EXPECT_THAT(names_of(choose_devices(options_of("auto"), no_card(code), warnings)),
                ElementsAre("cpu"));
    EXPECT_THAT(warnings, ElementsAre("no card is used: the reason"));
  }
}

TEST(ChooseDevices, WithoutAnyUsableDeviceAutoSaysWhy) {
  const Listing broken{"card", {"fake:"}, Devices{fake::make_device(card(0, "it is broken"))}};
  const Error error = refusal("auto", {broken});
  EXPECT_EQ(error.code, ErrorCode::kNotFound);
  EXPECT_EQ(error.message,
            "no device of this machine can be used: fake:0 isn't used: it is broken");
}

TEST(ChooseDevices, ANamedDeviceMustExist) {
  const Error gone = refusal("fake:0", no_card(ErrorCode::kMismatch));
  EXPECT_EQ(gone.code, ErrorCode::kNotFound);
  EXPECT_EQ(gone.message, "fake:0 can't be used: the reason");
  for (const char* const name : {"fake:2", "cup"}) {
    const Error unknown = refusal(name, two_cards());
    EXPECT_EQ(unknown.code, ErrorCode::kNotFound);
    EXPECT_EQ(unknown.message,
              "no device \"" + std::string{name} +
                  "\" here; \"auto\" or \"all\" alone, \"fake:0\", \"fake:1\", \"cpu\", \"cpu:N\" "
                  "are allowed");
  }
  EXPECT_EQ(refusal("", no_card(ErrorCode::kNotFound)).message,
            "no device \"\" here; \"auto\" or \"all\" alone, \"cpu\", \"cpu:N\" are allowed");
}

TEST(ChooseDevices, WithContinueAMissingDeviceIsAWarning) {
  const auto listings = machine({card(0, "it is broken"), card(1)});
  Options options = options_of("fake:0,fake:1,fake:7");
  options.on_device_error = OnDeviceError::kContinue;
  std::vector<std::string> warnings;
  EXPECT_THAT(names_of(choose_devices(options, listings, warnings)), ElementsAre("fake:1"));
  EXPECT_THAT(warnings, ElementsAre("fake:0 can't be used: it is broken",
                                    StartsWith("no device \"fake:7\" here; ")));
  options.devices = "fake:0,cpu";
  EXPECT_THAT(names_of(choose_devices(options, no_card(ErrorCode::kMismatch), warnings)),
              ElementsAre("cpu"));
  options.devices = "fake:0,fake:7";
  EXPECT_EQ(choose_devices(options, listings, warnings).error().message,
            "fake:0 can't be used: it is broken");
  options.devices = "fake:1,cpu9";
  EXPECT_THAT(choose_devices(options, listings, warnings).error().message,
              StartsWith("no device \"cpu9\" here"));
  options.devices = "fake:1,cup";
  EXPECT_THAT(choose_devices(options, listings, warnings).error().message,
              StartsWith("no device \"cup\" here"));
}

TEST(ChooseDevices, AutoAndAllStandAlone) {
  for (const std::string word : {"auto", "all"}) {
    const Error in_a_list = refusal("cpu," + word, two_cards());
    EXPECT_EQ(in_a_list.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(in_a_list.message, "device \"" + word + "\" can't be combined with other devices");
  }
}

TEST(ChooseDevices, ADeviceIsNamedOnce) {
  for (const char* const list : {"fake:0,fake:0", "cpu,cpu", "cpu,cpu:2"}) {
    const Error twice = refusal(list, two_cards());
    EXPECT_EQ(twice.code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(twice.message, EndsWith("\" is named twice"));
  }
}

TEST(ChooseDevices, TheCpuTakesANumberOfThreads) {
  EXPECT_THAT(chosen("cpu:3", two_cards()), ElementsAre("cpu:3"));
  EXPECT_THAT(chosen("fake:1,cpu:1024", two_cards()), ElementsAre("fake:1", "cpu:1024"));
  EXPECT_THAT(chosen("cpu:3", two_cards(), 3), ElementsAre("cpu:3"));
  for (const char* const list : {"cpu", "auto", "all"}) {
    EXPECT_THAT(chosen(list, no_card(ErrorCode::kNotFound), 5), ElementsAre("cpu"));
  }
}

TEST(ChooseDevices, AMalformedNumberOfThreadsIsRefused) {
  for (const char* const word : {"cpu:", "cpu:0", "cpu:-1", "cpu:1025", "cpu:2x", "cpu:+2",
                                 "cpu:99999999999999999999", "cpu: 2"}) {
    const Error none = refusal(word, two_cards());
    EXPECT_EQ(none.code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(none.message, "device \"" + std::string{word} +
                                "\": after \"cpu:\" comes the number of threads, 1 to 1024");
  }
}

TEST(ChooseDevices, TwoNumbersOfThreadsContradictEachOther) {
  const Error both = refusal("fake:0,cpu:3", two_cards(), 2);
  EXPECT_EQ(both.code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(
      both.message,
      "device \"cpu:3\" and 2 as the number of threads contradict each other; name one of them");
}

TEST(ChooseOneDevice, RefusesSeveral) {
  EXPECT_EQ(choose_one_device(options_of("cpu:2"), two_cards()).value()->configured_name(),
            "cpu:2");
  const auto several = choose_one_device(options_of("all"), two_cards());
  ASSERT_FALSE(several);
  EXPECT_EQ(several.error().code, ErrorCode::kInvalidArgument);
  EXPECT_EQ(several.error().message, "devices are \"all\", 3 of them; one is allowed here");
}

TEST(ChooseOneDevice, LeavesNoNamedDeviceOut) {
  Options options = options_of("cuda:7,cpu");
  options.on_device_error = OnDeviceError::kContinue;
  const auto missing = choose_one_device(options, two_cards());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

}  // namespace
}  // namespace yolofleet::backend
