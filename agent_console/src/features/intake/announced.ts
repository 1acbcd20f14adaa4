/** A number chosen elsewhere in the console opens its card here. */
import { nextTick, watch } from 'vue'
import { plain } from '@/rules/phone'
import { useAnnounced } from '@/stores/announced'
import type { useDrafts } from '@/stores/drafts'

export function useAnnouncedCall(drafts: ReturnType<typeof useDrafts>, toText: () => void): void {
  const announced = useAnnounced()
  watch(
    () => announced.phone,
    (phone) => {
      if (!phone) return
      if (plain(phone) !== plain(drafts.current?.phone ?? '')) drafts.next(plain(phone))
      announced.phone = ''
      void nextTick(toText)
    },
    { immediate: true },
  )
}
