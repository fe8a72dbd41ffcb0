/* Plimsoll's cards on the launcher: the examples, the report templates, the rooms.
 *
 * Written by hand against what JupyterLab asks of a prebuilt extension: a module-federation container with `init` and
 * `get`. So there is nothing to build, and no second copy of a library of JupyterLab's. */
(() => {
  const french = (navigator.language || "en").startsWith("fr")
  const say = (english, other) => (french ? other : english)
  const mark = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="16">' +
    '<g fill="none" stroke="#2E86B8" stroke-width="3">' +
    '<circle cx="16" cy="16" r="9.5"/><path d="M1 16h30" stroke-linecap="round"/></g></svg>'
  const cards = [
    { id: "example", label: say("First example", "Premier exemple"), file: "examples/01_first_simulation.ipynb" },
    { id: "reports", label: say("Report templates", "Modèles de rapports"), folder: "reports" },
    { id: "home", label: say("First page", "Première page"), room: "home" },
    { id: "cockpit", label: say("Cockpit", "Tableau de bord"), room: "cockpit" },
    { id: "review", label: say("Review", "Revue"), room: "review" },
  ]
  let shared

  async function take(name) {
    const versions = Object.values(shared[name])
    return (await versions[0].get())()
  }

  async function open(app, card) {
    if (card.room) {
      window.open(`/services/${card.room}/`, "_blank", "noopener")
    } else if (card.file) {
      await app.commands.execute("docmanager:open", { path: card.file })
    } else {
      await app.commands.execute("filebrowser:go-to-path", { path: card.folder })
    }
  }

  async function get() {
    const [{ ILauncher }, { LabIcon }] = await Promise.all([take("@jupyterlab/launcher"), take("@jupyterlab/ui-components")])
    const icon = new LabIcon({ name: "plimsoll:mark", svgstr: mark })
    const activate = (app, launcher) => {
      cards.forEach((card, rank) => {
        const command = `plimsoll:${card.id}`
        app.commands.addCommand(command, { label: card.label, icon, execute: () => open(app, card) })
        launcher.add({ command, category: "Plimsoll", rank })
      })
    }
    const plugin = { id: "@plimsoll/launcher:plugin", autoStart: true, requires: [ILauncher], activate }
    return () => ({ __esModule: true, default: plugin })
  }

  window._JUPYTERLAB = window._JUPYTERLAB || {}
  window._JUPYTERLAB["@plimsoll/launcher"] = { init: (scope) => { shared = scope }, get }
})()
