// The server's icon, a chat bubble. A host shows it beside the server's name; tools have none, because each would cost a model
// tokens. Drawn by scripts/icon.mjs. PNG, because hosts need not support SVG.

export const icon = {
  src: "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAEAAAABABAMAAABYR2ztAAAAMFBMVEUrZ3crZ3crZ3crZ3crZ3crZ3crZ3crZ3crZ3dJfYpokp6GqLGkvsXC1Njh6ez///8BYw0iAAAACHRSTlMAJEltkrbb/1y0/6IAAAEfSURBVHjaxdYxbsIwFAbgv0ViZuvajY65RKUegKEjI2uZmCtIXhBK1xyBI3CETOUaGSqxgogSlBRkJ3beP7X8gzP4GxzHfi8AgMfXhTiJJs+4ZjATb8Lgd/6hZ14kHDVgLL2ZNwsQJfUynjTwAWCmgRAYiJoAQx1M8aKDT7zpYIl3Hayw0EEEIbmB+Ltq5SftgH3VSdEGSeUkb4G9CwobxJUnqQU2PpBZIPGB3AJfPnD8f1Bu1wdrcMGxfpjBBVm9HWb4C0DXQN/i3ltNzwM9UfRM0lPN7wW9Wfxuikgzce673TewI+AkBKQEnEQHpRCQE1B6i5gpg9fP1y2DppAW/kJqSnHmL8W0mNN2QBsKbUm8qdG2SBsrb820ueu/BxeNHRULpM4arAAAAABJRU5ErkJggg==",
  mimeType: "image/png",
  sizes: ["64x64"],
};
