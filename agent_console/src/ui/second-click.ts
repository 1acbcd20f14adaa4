/** A double click on something that opens at the first click: what stood under the pointer is gone, and the second click
 * would press whatever lies there now. It is meant for nobody. */
export function dropSecondClicks(of: Document): void {
  let first: EventTarget | null = null
  of.addEventListener(
    'click',
    (event) => {
      if (event.detail > 1 && first instanceof Node && !first.isConnected) {
        event.preventDefault()
        event.stopImmediatePropagation()
      } else first = event.target
    },
    true,
  )
}
