const said = (unit, value) => {
  const sign = value > 0 ? "+" : value < 0 ? "\u2212" : ""
  const language = document.documentElement.lang || "en"
  const size = Math.abs(value)
  if (unit !== "share") return sign + size.toLocaleString(language)
  return sign + size.toLocaleString(language, { style: "percent", minimumFractionDigits: 2, maximumFractionDigits: 3 })
}

// What a field says: a box that is not ticked says nothing.
const worth = (field) => (field.type === "checkbox" && !field.checked ? "" : field.value)

// Paints the HTML the server sends and sends back what was pressed, with the fields of the sheet.
// Drafts and focus survive a repaint of the same subject (data-subject), scrolling one of the same data-keep.
export function render({ model, el }) {
  const body = document.createElement("div")
  body.className = "sheet"

  const drafts = () => {
    const subject = body.querySelector("[data-subject]")?.dataset.subject
    const fields = {}
    for (const field of body.querySelectorAll("[data-field]")) fields[field.dataset.field] = worth(field)
    return { subject, fields }
  }

  const paint = () => {
    const { subject, fields } = drafts()
    const root = body.getRootNode()
    const focused = root.activeElement?.id
    const opened = new Set([...body.querySelectorAll("details[open]")].map((d) => d.id))
    const scrolled = new Map([...body.querySelectorAll("[data-keep]")].map((s) => [s.dataset.keep, [s.scrollLeft, s.scrollTop]]))
    body.innerHTML = model.html
    for (const scroller of body.querySelectorAll("[data-keep]")) {
      const [left, top] = scrolled.get(scroller.dataset.keep) ?? [0, 0]
      scroller.scrollTo({ left, top, behavior: "instant" })
    }
    for (const details of body.querySelectorAll("details")) if (opened.has(details.id)) details.open = true
    const now = body.querySelector("[data-subject]")
    if (now && now.dataset.subject === subject && !("fresh" in now.dataset)) {
      for (const field of body.querySelectorAll("[data-field]")) {
        if (field.type === "checkbox") field.checked = Boolean(fields[field.dataset.field])
        else field.value = fields[field.dataset.field] ?? ""
      }
    }
    const wanted = body.querySelector("[data-focus]") ?? (focused && body.querySelector("#" + CSS.escape(focused)))
    wanted?.focus()
    const shell = document.getElementById("content")
    if (model.html && model.fills && shell) shell.dataset.ready = "yes"
  }

  const press = (button) => {
    if (button.disabled || button.getAttribute("aria-disabled") === "true") return
    if (button.dataset.busy !== undefined) {
      button.setAttribute("aria-busy", "true")
      button.disabled = true
    }
    model.send_msg({ act: button.dataset.act, id: button.dataset.id ?? "", fields: drafts().fields })
  }

  body.addEventListener("click", (event) => {
    const button = event.target.closest("[data-act]:not(select, input)")
    if (button && body.contains(button)) press(button)
  })
  // Files are offered by name and size; their pieces are sent one by one, as the server asks for them.
  let chosen = []
  const offer = (input) => {
    chosen = [...input.files]
    const files = JSON.stringify(chosen.map((file) => [file.name, file.size]))
    if (chosen.length) model.send_msg({ act: input.dataset.offer, id: "", fields: { ...drafts().fields, files } })
  }
  const send = ({ wanted, position, size }) => {
    const reader = new FileReader()
    const part = chosen[wanted]?.slice(position, position + size)
    reader.onloadend = () => {
      const piece = reader.error || !part ? "" : reader.result.slice(reader.result.indexOf(",") + 1)
      model.send_msg({ piece, file: wanted, position })
    }
    reader.readAsDataURL(part ?? new Blob([]))
  }

  body.addEventListener("change", (event) => {
    const files = event.target.closest("input[data-offer]")
    if (files) offer(files)
    const chooser = event.target.closest("select[data-act]")
    if (chooser) model.send_msg({ act: chooser.dataset.act, id: chooser.value, fields: drafts().fields })
  })

  // A slider speaks while it moves, at most every 80 ms, and always says where it came to rest.
  const turned = new Map()
  const turn = (slider) => {
    turned.delete(slider)
    model.send_msg({ act: slider.dataset.act, id: slider.dataset.id ?? "", fields: { [slider.dataset.field]: slider.value } })
  }
  body.addEventListener("input", (event) => {
    const slider = event.target.closest("input[type=range][data-act]")
    if (!slider) return
    const shown = body.querySelector("#" + CSS.escape(slider.dataset.echo ?? ""))
    if (shown) shown.textContent = said(shown.dataset.unit, Number(slider.value))
    if (!turned.has(slider)) turned.set(slider, setTimeout(turn, 80, slider))
  })

  const keys = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return
    const at = event.composedPath()[0]
    if (at.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(at.tagName ?? "")) return
    const hot = body.querySelector(`[data-hot="${CSS.escape(event.key)}"]`)
    if (hot) {
      event.preventDefault()
      press(hot)
      return
    }
    if (event.key === "j" || event.key === "k") {
      const items = [...body.querySelectorAll("[data-item]")]
      if (!items.length) return
      const current = items.findIndex((item) => item.getAttribute("aria-current") === "true")
      const next = items[Math.min(Math.max(current + (event.key === "j" ? 1 : -1), 0), items.length - 1)]
      next.focus()
      press(next)
    }
  }
  const keep = ({ file, content }) => {
    const bytes = Uint8Array.from(atob(content), (letter) => letter.charCodeAt(0))
    const link = document.createElement("a")
    link.href = URL.createObjectURL(new Blob([bytes]))
    link.download = file
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
  }
  model.on("msg:custom", (sent) => {
    if (sent.content !== undefined) keep(sent)
    else if (sent.wanted !== undefined) send(sent)
  })
  document.addEventListener("keydown", keys)
  model.on("tick", paint)
  model.on("remove", () => document.removeEventListener("keydown", keys))
  queueMicrotask(paint)
  return body
}
