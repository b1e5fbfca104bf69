export { MatchNotice, type MatchNoticeProps } from "./MatchNotice";
export { useContactLookup, type UseContactLookup } from "./useContactLookup";
export { useRegistration, type UseRegistration } from "./useRegistration";
export { WORDS, type Words } from "./words";
export type * from "./types";
