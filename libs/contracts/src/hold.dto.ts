import { Id, InstantText, Whole } from './value-fields.ts';

export class HoldInput {
  @Id() typeId!: string;
  @Id() practitionerId!: string;
  @InstantText() start!: string;

  @Id({ optional: true, description: 'One is picked when the type needs a room and none is named.' })
  roomId?: string;

  @Id({ optional: true, description: 'The patient is occupied as well, and nobody else can book it.' })
  patientId?: string;

  @Whole({ optional: true, min: 5, max: 900, default: 300, description: 'Seconds until it ends by itself.' })
  ttlSeconds?: number;
}

/** A time kept for a short while. */
export class HoldDto {
  @Id() id!: string;
  @InstantText({ description: 'When it ends by itself, at the start at the latest.' }) expiresAt!: string;
  @Id() typeId!: string;
  @Id() practitionerId!: string;
  @Id({ optional: true }) roomId?: string;
  @Id({ optional: true }) patientId?: string;
  @InstantText() start!: string;
  @InstantText() end!: string;
  @Whole({ min: 1, max: 1440 }) minutes!: number;
  @Whole({ min: 1, max: 1, description: 'A hold never changes.' }) version!: number;
  @InstantText() createdAt!: string;
}
