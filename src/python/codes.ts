// Codes of the trainer's Python environment (E001–E029).
import type { CodeDoc } from '../diagnostics/finding.ts';

export const pythonCodes: CodeDoc[] = [
  {
    code: 'E001',
    name: 'no-python-environment',
    severity: 'error',
    title: "The trainer's Python environment has not been made yet.",
    prose:
      'Tokenising and training run in Python (torch, transformers, peft, trl). `lorch setup` makes an environment ' +
      'in your cache folder and touches nothing else. To use one that you already have, pass `--python PATH` or put `python: PATH` into lorch.yaml; it is checked, never changed.',
  },
  {
    code: 'E002',
    name: 'no-python',
    severity: 'error',
    title: 'No Python 3.10 or newer was found.',
    prose:
      'The trainer needs Python 3.10 or newer with the `venv` module. Debian and Ubuntu: `sudo apt install python3 python3-venv`. ' +
      'macOS: `brew install python`. Then run `lorch setup` again.',
  },
  {
    code: 'E003',
    name: 'python-package-missing',
    severity: 'error',
    title: 'The Python environment lacks a package that the trainer needs.',
    prose:
      'An environment made by hand must hold every package of requirements.txt; `lorch doctor` lists them. ' +
      '`lorch setup --force` makes the managed environment again.',
  },
  {
    code: 'E004',
    name: 'python-package-version',
    severity: 'error',
    title: 'A Python package is outside the versions that lorch works with.',
    prose:
      'The libraries rename and remove options between versions, so lorch states a range for each and refuses the rest ' +
      'rather than train with settings that mean something else. Install a version in the range, or use the managed environment: `lorch setup`.',
  },
  {
    code: 'E005',
    name: 'python-not-runnable',
    severity: 'error',
    title: 'The named Python interpreter cannot be run.',
    prose:
      '`--python` and `python:` take a Python executable or the folder of a virtual environment. The file is missing, is not executable, or ended with an error when asked for its version.',
  },
  {
    code: 'E006',
    name: 'venv-missing',
    severity: 'error',
    title: 'This Python cannot make virtual environments.',
    prose:
      'Debian and Ubuntu ship `venv` and `ensurepip` apart from Python: `sudo apt install python3-venv`. Elsewhere reinstall Python with them.',
  },
  {
    code: 'E007',
    name: 'install-failed',
    severity: 'error',
    title: 'pip could not install the requirements.',
    prose:
      "The last lines of pip's output name the reason; the whole of it is in the log. Usual reasons: no network, a proxy (`HTTPS_PROXY`), a full disk, or a platform without a wheel. " +
      'Running `lorch setup` again starts from a clean environment; what pip has downloaded is reused.',
  },
  {
    code: 'E008',
    name: 'trainer-crashed',
    severity: 'error',
    title: 'A Python command of the trainer ended without a reason.',
    prose:
      'Expected failures carry a code of their own. This one did not: a library crashed, or the process was killed (often for memory). The log holds its last lines.',
  },
  {
    code: 'E009',
    name: 'trainer-missing',
    severity: 'error',
    title: 'The installation of lorch lacks its Python part.',
    prose:
      'The folder `src/trainer` with the package `lorch_trainer` belongs to the installation. Install lorch again.',
  },
  {
    code: 'E010',
    name: 'driver-too-old',
    severity: 'error',
    title: 'No build of PyTorch fits the NVIDIA driver.',
    prose:
      'A PyTorch build runs on drivers that support its CUDA version or a newer one; `nvidia-smi` prints what the driver supports. ' +
      'Update the driver, make a CPU environment with `lorch setup --variant cpu`, or name your own with `--python`.',
  },
  {
    code: 'E011',
    name: 'setup-leftover',
    severity: 'error',
    title: 'A setup that was killed left processes that cannot be ended.',
    prose:
      'They may still write into the environment, so it cannot be made again while they run. Usually `lorch setup` ends them itself; one that hangs on a disk or a network file system stays. End them by the numbers in the message, then run `lorch setup` again.',
  },
  {
    code: 'E012',
    name: 'host-setup-failed',
    severity: 'error',
    title: "The trainer's environment on another machine could not be made.",
    prose:
      'The message says why, and the log on the host holds all that pip said. The host needs a Python from 3.10 with venv on the PATH of a login without a terminal, room for about 8 GB, and a package index that it can reach. `lorch host setup NAME` tries again; downloads are kept.',
  },
  {
    code: 'E013',
    name: 'host-is-local',
    severity: 'error',
    title: '`lorch host` commands are for other machines.',
    prose: '`local` is this machine: `lorch setup` makes its environment, and `lorch doctor` explains it.',
  },
];
