import { Module } from '@nestjs/common';
import { Survivors } from '#platform';
import { AvailabilityController } from './availability/availability.controller.ts';
import { AvailabilityRepository } from './availability/availability.repository.ts';
import { AvailabilityService } from './availability/availability.service.ts';
import { AppointmentController } from './booking/appointment.controller.ts';
import { AppointmentList } from './booking/appointment.list.ts';
import { AppointmentReader } from './booking/appointment.reader.ts';
import { AppointmentRepository } from './booking/appointment.repository.ts';
import { AppointmentService } from './booking/appointment.service.ts';
import { BookingService } from './booking/booking.service.ts';
import { ClaimRepository } from './booking/claim.repository.ts';
import { Claims } from './booking/claims.ts';
import { Taking } from './booking/taking.ts';
import { TermsRepository } from './booking/terms.repository.ts';
import { TermsReader } from './booking/terms.ts';
import { FollowingRepository } from './following/following.repository.ts';
import { FollowingRound } from './following/following.round.ts';
import { FollowingService } from './following/following.service.ts';
import { FreedTimeRepository } from './freed/freed-time.repository.ts';
import { Freeing } from './freed/freeing.ts';
import { HoldController } from './hold/hold.controller.ts';
import { HoldKeeper } from './hold/hold.keeper.ts';
import { HoldRepository } from './hold/hold.repository.ts';
import { HoldService } from './hold/hold.service.ts';
import { PatientCopy } from './patient/patient.copy.ts';
import { PatientRepository } from './patient/patient.repository.ts';
import { PatientService } from './patient/patient.service.ts';
import { PatientSurvivors } from './patient/patient.survivors.ts';
import { PractitionerController } from './practitioner/practitioner.controller.ts';
import { PractitionerRepository } from './practitioner/practitioner.repository.ts';
import { PractitionerService } from './practitioner/practitioner.service.ts';
import { RoomController } from './room/room.controller.ts';
import { RoomRepository } from './room/room.repository.ts';
import { RoomService } from './room/room.service.ts';
import { OccurrenceTaker } from './series/occurrence-taker.ts';
import { SeriesController } from './series/series.controller.ts';
import { SeriesRepository } from './series/series.repository.ts';
import { SeriesService } from './series/series.service.ts';
import { ExplanationService } from './slot/explanation.service.ts';
import { FreeTimes } from './slot/free-times.ts';
import { SlotController } from './slot/slot.controller.ts';
import { SlotService } from './slot/slot.service.ts';
import { AppointmentTypeController } from './type/type.controller.ts';
import { AppointmentTypeRepository } from './type/type.repository.ts';
import { AppointmentTypeService } from './type/type.service.ts';
import { CandidateRepository } from './waitlist/candidate.repository.ts';
import { WaitlistRepository } from './waitlist/entry.repository.ts';
import { FreedStarts } from './waitlist/freed-starts.ts';
import { OfferNotice } from './waitlist/offer.notice.ts';
import { OfferMaker } from './waitlist/offer.ts';
import { Offering } from './waitlist/offering.ts';
import { WaitlistController } from './waitlist/waitlist.controller.ts';
import { WaitlistJobs } from './waitlist/waitlist.jobs.ts';
import { WaitlistOffers } from './waitlist/waitlist.offers.ts';
import { WaitlistService } from './waitlist/waitlist.service.ts';

@Module({
  // Fixed paths first: `/appointments/:id` would take them for an id.
  controllers: [
    PractitionerController,
    AvailabilityController,
    RoomController,
    AppointmentTypeController,
    SlotController,
    HoldController,
    SeriesController,
    WaitlistController,
    AppointmentController,
  ],
  providers: [
    AppointmentList,
    AppointmentReader,
    AppointmentRepository,
    AppointmentService,
    AppointmentTypeRepository,
    AppointmentTypeService,
    AvailabilityRepository,
    AvailabilityService,
    BookingService,
    CandidateRepository,
    ClaimRepository,
    Claims,
    ExplanationService,
    FollowingRepository,
    FollowingRound,
    FollowingService,
    FreedStarts,
    FreedTimeRepository,
    Freeing,
    FreeTimes,
    HoldKeeper,
    HoldRepository,
    HoldService,
    OccurrenceTaker,
    OfferMaker,
    OfferNotice,
    Offering,
    PatientCopy,
    PatientRepository,
    PatientService,
    PractitionerRepository,
    PractitionerService,
    RoomRepository,
    RoomService,
    SeriesRepository,
    SeriesService,
    SlotService,
    Taking,
    TermsReader,
    TermsRepository,
    WaitlistJobs,
    WaitlistOffers,
    WaitlistRepository,
    WaitlistService,
    { provide: Survivors, useClass: PatientSurvivors },
  ],
  exports: [Survivors],
})
export class AppointmentModule {}
