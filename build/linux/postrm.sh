#!/bin/sh
set -e

if [ "$1" = purge ]; then
  echo "Jasni Vault: the keys stay where they are, in the keychain of each user who added some (service ai.jasni.vault)."
  echo "Settings and the log stay in the folder \"Jasni Vault\" below ~/.config. To remove both, each user runs:"
  echo "  secret-tool clear service ai.jasni.vault; rm -r ~/.config/\"Jasni Vault\""
fi
