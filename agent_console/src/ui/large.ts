import { onScopeDispose, ref, type Ref } from 'vue'

/** Whether the page is set in large type; follows the setting while the page is open. */
export function useLarge(): Ref<boolean> {
  const root = document.documentElement
  const large = ref(root.classList.contains('large'))
  const watcher = new MutationObserver(() => (large.value = root.classList.contains('large')))
  watcher.observe(root, { attributeFilter: ['class'] })
  onScopeDispose(() => watcher.disconnect())
  return large
}
