// First: what the features add comes after it in the cascade.
import './styles/index.css'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Frame } from './features/frame/frame.tsx'
import { connectStore } from './store/actions.ts'
import { useStore } from './store/store.ts'

const systemIsLight = matchMedia('(prefers-color-scheme: light)')

function applyTheme(): void {
  const { theme } = useStore.getState().settings
  document.documentElement.dataset.theme = theme === 'system' ? (systemIsLight.matches ? 'light' : 'dark') : theme
}

applyTheme()
systemIsLight.addEventListener('change', applyTheme)
useStore.subscribe((state, before) => {
  if (state.settings.theme !== before.settings.theme) applyTheme()
})
connectStore()

const root = document.getElementById('root')
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <Frame />
    </StrictMode>,
  )
}
